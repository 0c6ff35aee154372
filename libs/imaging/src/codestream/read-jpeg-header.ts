import { type ImageDescription } from '../image-description.js';
import { ImagingError } from '../imaging-error.js';

/** What stands before the first scan of a JPEG (ISO 10918-1 §B.2) or JPEG-LS (ISO 14495-1 §C) stream. */
export interface JpegHeader {
  /** The second byte of the frame header's marker: C0 baseline, C1 extended, C3 lossless, F7 JPEG-LS … */
  readonly process: number;
  readonly precision: number;
  readonly rows: number;
  readonly columns: number;
  readonly componentIds: readonly number[];
  readonly isJfif: boolean;
  /** Of the Adobe marker APP14: 0 no transform, 1 YCbCr, 2 YCCK. */
  readonly adobeTransform: number | undefined;
}

const SOI = 0xffd8;
const EOI = Buffer.of(0xff, 0xd9);
const SOS = 0xda;
const APP0 = 0xe0;
const APP14 = 0xee;
const SOF_LS = 0xf7;

/** @throws ImagingError when there is no frame header, no scan, or no end (`malformed`) */
export function readJpegHeader(frame: Buffer): JpegHeader {
  if (frame.length < 4 || frame.readUInt16BE(0) !== SOI) throw new ImagingError('malformed', 'The frame is no JPEG stream: it does not begin with FFD8.');
  let header: Pick<JpegHeader, 'process' | 'precision' | 'rows' | 'columns' | 'componentIds'> | undefined;
  let isJfif = false;
  let adobeTransform: number | undefined;
  for (let at = 2; ;) {
    if (at + 4 > frame.length || frame[at] !== 0xff) throw new ImagingError('malformed', 'The JPEG stream ends, or has no marker, where one must be.');
    const marker = frame[at + 1]!;
    // Any number of fill bytes before a marker (§B.1.1.2).
    if (marker === 0xff) {
      at++;
      continue;
    }
    const length = frame.readUInt16BE(at + 2);
    const body = frame.subarray(at + 4, at + 2 + length);
    if (length < 2 || body.length < length - 2) throw new ImagingError('malformed', 'The JPEG stream ends inside its headers.');
    if (isFrameHeader(marker)) {
      if (header !== undefined) throw new ImagingError('malformed', 'The JPEG stream has two frame headers.');
      header = { process: marker, ...readFrameHeader(body) };
    } else if (marker === APP0 && body.toString('latin1', 0, 5) === 'JFIF\0') isJfif = true;
    else if (marker === APP14 && body.length >= 12 && body.toString('latin1', 0, 5) === 'Adobe') adobeTransform = body[11];
    else if (marker === SOS) break;
    at += 2 + length;
  }
  if (header === undefined) throw new ImagingError('malformed', 'The JPEG stream has no frame header (SOF) before its first scan.');
  if (frame.lastIndexOf(EOI) < 0) throw new ImagingError('malformed', 'The JPEG stream is cut off: it has no end (FFD9).');
  return { ...header, isJfif, adobeTransform };
}

/** SOF0 to SOF15 without DHT, JPG and DAC, and SOF55 of JPEG-LS. */
function isFrameHeader(marker: number): boolean {
  return (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) || marker === SOF_LS;
}

function readFrameHeader(body: Buffer): Omit<JpegHeader, 'process' | 'isJfif' | 'adobeTransform'> {
  const count = body[5] ?? 0;
  if (body.length < 6 + 3 * count) throw new ImagingError('malformed', 'The frame header (SOF) of the JPEG stream is cut off.');
  const componentIds = Array.from({ length: count }, (_none, component) => body[6 + 3 * component]!);
  return { precision: body[0]!, rows: body.readUInt16BE(1), columns: body.readUInt16BE(3), componentIds };
}

/**
 * Whether three components are RGB or YCbCr. What the stream says of itself counts more than the data set, since many
 * files name the one and hold the other.
 */
export function coloursOf({ adobeTransform, isJfif, componentIds }: JpegHeader, { photometricInterpretation }: ImageDescription): string {
  if (componentIds.length !== 3) return photometricInterpretation;
  if (adobeTransform === 0) return 'RGB';
  if (adobeTransform === 1 || isJfif) return 'YBR_FULL';
  if (String.fromCharCode(...componentIds) === 'RGB') return 'RGB';
  return photometricInterpretation.replace('_422', '').replace('PARTIAL', 'FULL');
}
