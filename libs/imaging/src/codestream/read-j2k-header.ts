import { ImagingError } from '../imaging-error.js';
import { finest, type J2kCodingStyle, readCoc, readCod } from './j2k-coding-style.js';

/** The main header of a JPEG 2000 or HTJ2K codestream (ISO 15444-1 §A.5.1, §A.6.1). */
export interface J2kHeader {
  readonly rows: number;
  readonly columns: number;
  readonly components: number;
  /** Bits of a sample; all components have the same. */
  readonly precision: number;
  readonly isSigned: boolean;
  /** The first three components were transformed together: decoding gives RGB. */
  readonly hasColourTransform: boolean;
  readonly grid: TileGrid;
  readonly style: J2kCodingStyle;
  /** Where the codestream begins. */
  readonly start: number;
}

/** Tiles, each number across and down (§B.3). */
export interface TileGrid {
  readonly across: number;
  readonly down: number;
  readonly origin: readonly [number, number];
  readonly tile: readonly [number, number];
  /** From where to where the image goes. */
  readonly image: readonly [readonly [number, number], readonly [number, number]];
}

const SOC_SIZ = 0xff4fff51;
const COD = 0xff52;
const COC = 0xff53;
const SOT = 0xff90;
const SOD = 0xff93;
/** CAP to CPF, QCD to PPT, CRG, COM, and MCT to CBD: decoders look for further markers inside of any other. */
const KNOWN = new Set([0xff50, 0xff51, COD, COC, 0xff55, 0xff57, 0xff58, 0xff59, 0xff5c, 0xff5d, 0xff5e, 0xff5f, 0xff60, 0xff61, 0xff63, 0xff64, 0xff74, 0xff75, 0xff77, 0xff78]);
const EOC = 0xffd9;
const JP2_SIGNATURE = 0x6a502020;
const CODESTREAM_BOX = 0x6a703263;
/** Where SIZ has the number of components; behind it three bytes for each, of which the first is the depth. */
const COMPONENTS = 40;
const SIGNED = 0x80;

/** @throws ImagingError when it is no codestream or is cut off (`malformed`), or has components of several sizes or depths (`unsupported`) */
export function readJ2kHeader(frame: Buffer): J2kHeader {
  const start = startOfCodestream(frame);
  const stream = frame.subarray(start);
  try {
    const size = readSize(stream);
    const { style, hasColourTransform } = walkToEnd(stream);
    return { ...size, grid: readGrid(stream), style, hasColourTransform: hasColourTransform && size.components >= 3, start };
  } catch (error) {
    if (error instanceof ImagingError) throw error;
    throw new ImagingError('malformed', 'The JPEG 2000 codestream is cut off.');
  }
}

/** A fragment should be a bare codestream (PS3.5 §A.4.4), but some writers put a JP2 file there (ISO 15444-1 §I). */
function startOfCodestream(frame: Buffer): number {
  if (frame.length >= 12 && frame.readUInt32BE(4) === JP2_SIGNATURE) {
    for (let at = 0; at + 8 <= frame.length;) {
      const length = frame.readUInt32BE(at);
      if (frame.readUInt32BE(at + 4) === CODESTREAM_BOX) return at + (length === 1 ? 16 : 8);
      if (length < 8) break;
      at += length;
    }
    throw new ImagingError('malformed', 'The JP2 file of the frame has no codestream.');
  }
  if (frame.length < 4 || frame.readUInt32BE(0) !== SOC_SIZ) throw new ImagingError('malformed', 'The frame is no JPEG 2000 codestream: it does not begin with FF4FFF51.');
  return 0;
}

function readSize(stream: Buffer): Pick<J2kHeader, 'rows' | 'columns' | 'components' | 'precision' | 'isSigned'> {
  const [right, bottom, left, top] = [8, 12, 16, 20].map((at) => stream.readUInt32BE(at)) as [number, number, number, number];
  const components = stream.readUInt16BE(COMPONENTS);
  for (let component = 0; component < components; component++) {
    const [depth, across, down] = [0, 1, 2].map((at) => stream.readUInt8(COMPONENTS + 2 + 3 * component + at));
    if (across !== 1 || down !== 1) throw new ImagingError('unsupported', 'The JPEG 2000 codestream has subsampled components, which are not decoded.');
    if (depth !== stream[COMPONENTS + 2]) throw new ImagingError('unsupported', 'The components of the JPEG 2000 codestream differ in depth, which is not decoded.');
  }
  const depth = stream.readUInt8(COMPONENTS + 2);
  return { rows: bottom - top, columns: right - left, components, precision: (depth & 0x7f) + 1, isSigned: depth >= SIGNED };
}

function readGrid(stream: Buffer): TileGrid {
  const [right, bottom, left, top, width, height, x, y] = Array.from({ length: 8 }, (_, field) => stream.readUInt32BE(8 + 4 * field)) as [number, number, number, number, number, number, number, number];
  if (x > left || y > top || x + width <= left || y + height <= top) throw new ImagingError('malformed', 'The first tile of the JPEG 2000 codestream lies beside its image.');
  return { across: Math.ceil((right - x) / width), down: Math.ceil((bottom - y) / height), origin: [x, y], tile: [width, height], image: [[left, right], [top, bottom]] };
}

/**
 * Turns signed samples into numbers from zero, or back, in place: a codestream has the same bytes for both but in SIZ, since half of the
 * range is taken away from unsigned samples (ISO 15444-1 §G.1).
 */
export function flipSign(frame: Buffer): void {
  const stream = frame.subarray(startOfCodestream(frame));
  const components = stream.readUInt16BE(COMPONENTS);
  for (let component = 0; component < components; component++) stream[COMPONENTS + 2 + 3 * component]! ^= SIGNED;
}

/** From marker to marker, then from tile part to tile part, so that a stream that is cut off is known before it is decoded. */
function walkToEnd(stream: Buffer): Pick<J2kHeader, 'style' | 'hasColourTransform'> {
  const main = readMarkers(stream, 2, SOT);
  if (main.style === undefined) throw new ImagingError('malformed', 'The header of the JPEG 2000 codestream has no coding style (COD).');
  let { style, end: at } = { ...main, style: main.style };
  while (at + 12 <= stream.length && stream.readUInt16BE(at) === SOT) {
    const length = stream.readUInt32BE(at + 6);
    // Some writers put empty ones, without data.
    if (length !== 12) style = readMarkers(stream, at + 12, SOD, style).style ?? style;
    // The last tile part may leave its length open: it then goes on to the end.
    if (length === 0) {
      if (stream.lastIndexOf(Buffer.of(EOC >> 8, EOC & 0xff)) < at) throw new ImagingError('malformed', 'The JPEG 2000 codestream is cut off: it has no end (FFD9).');
      break;
    }
    if (length < 12 || at + length > stream.length) throw new ImagingError('malformed', 'The JPEG 2000 codestream is cut off inside a tile.');
    at += length;
  }
  return { style, hasColourTransform: main.hasColourTransform };
}

/** Of the main header, or of a tile part, which may have a coding style of its own. */
function readMarkers(stream: Buffer, from: number, last: number, before?: J2kCodingStyle): { style: J2kCodingStyle | undefined; hasColourTransform: boolean; end: number } {
  let [style, hasColourTransform, at] = [before, false, from];
  for (let marker; (marker = stream.readUInt16BE(at)) !== last;) {
    const end = at + 2 + stream.readUInt16BE(at + 2);
    if (stream[at] !== 0xff || (!KNOWN.has(marker) && stream.subarray(at + 4, end).includes(0xff))) throw new ImagingError('malformed', 'The header of the JPEG 2000 codestream has no marker where one must be.');
    if (marker === COD) {
      hasColourTransform = stream.readUInt8(at + 8) === 1;
      style = finest(style, readCod(stream, at + 4));
    }
    if (marker === COC) style = finest(style, readCoc(stream, at + 5));
    at = end;
  }
  return { style, hasColourTransform, end: at };
}
