import { frameBytes, type ImageDescription, type RawFrame } from '../image-description.js';
import { ImagingError } from '../imaging-error.js';
import { sameRoom } from '../same-room.js';
import { interleaved } from '../samples/interleaved.js';
import { type EncodedFrame } from './codec.js';

/** PS3.5 §G.5: the number of segments and 15 offsets. */
const HEADER_BYTES = 64;
const MAX_SEGMENTS = 15;
/** Two bytes stand for 128 at most (§G.3.1). */
const BEST_RATIO = 64;

/**
 * RLE Lossless (PS3.5 §G): a segment for each byte of a sample, the most significant first, sample after sample; each segment
 * is packed by itself. The frame comes out interleaved.
 */
export function decodeRle(frame: Buffer, image: ImageDescription): RawFrame {
  const { rows, columns, samplesPerPixel, bitsAllocated } = image;
  const width = bitsAllocated / 8;
  const segments = samplesPerPixel * width;
  if (bitsAllocated < 8 || segments > MAX_SEGMENTS) throw new ImagingError('unsupported', `RLE has no frames of ${samplesPerPixel} × ${bitsAllocated} bits a pixel.`);
  const ends = segmentEnds(frame, segments);
  const total = frameBytes(image);
  if (total > BEST_RATIO * frame.length) throw new ImagingError('malformed', `${frame.length} bytes of RLE cannot hold a frame of ${total} bytes.`);
  const pixels = Buffer.allocUnsafe(total);
  const pixelBytes = samplesPerPixel * width;
  for (let segment = 0; segment < segments; segment++) {
    const sample = Math.floor(segment / width);
    const significance = width - 1 - (segment % width);
    unpack(frame, ends[segment]!, ends[segment + 1]!, pixels, sample * width + significance, pixelBytes, rows * columns);
  }
  return { pixels, image: { ...image, planarConfiguration: 0, photometricInterpretation: image.photometricInterpretation.replace('_422', '') } };
}

/** Where segments begin and, one entry more, where the last one ends. */
function segmentEnds(frame: Buffer, segments: number): number[] {
  if (frame.length < HEADER_BYTES) throw new ImagingError('malformed', `An RLE frame begins with a header of 64 bytes; there are ${frame.length}.`);
  const said = frame.readUInt32LE(0);
  if (said !== segments) throw new ImagingError('malformed', `The RLE header names ${said} segments where the image has ${segments}.`);
  const ends = Array.from({ length: segments }, (_none, segment) => frame.readUInt32LE(4 + 4 * segment));
  ends.push(frame.length);
  if (ends[0]! < HEADER_BYTES || ends.some((end, index) => index > 0 && end < ends[index - 1]!)) throw new ImagingError('malformed', 'The offsets of the RLE header are not in order.');
  return ends;
}

/** PackBits (§G.3.2) into every `step`th byte from `to`; what is behind the last of `count` bytes is padding. */
function unpack(from: Buffer, start: number, end: number, into: Buffer, to: number, step: number, count: number): void {
  let at = start;
  let left = count;
  while (left > 0) {
    if (at + 1 >= end) throw new ImagingError('malformed', `A segment of the RLE frame ends ${left} bytes early.`);
    const code = from[at++]!;
    if (code < 128) {
      const run = Math.min(code + 1, left);
      if (at + run > end) throw new ImagingError('malformed', `A segment of the RLE frame ends inside a run of ${code + 1} bytes.`);
      for (let i = 0; i < run; i++, to += step) into[to] = from[at + i]!;
      at += code + 1;
      left -= run;
    } else if (code > 128) {
      const run = Math.min(257 - code, left);
      const value = from[at++]!;
      for (let i = 0; i < run; i++, to += step) into[to] = value;
      left -= run;
    }
  }
}

export function encodeRle(frame: RawFrame): EncodedFrame {
  const { pixels, image } = interleaved(frame);
  const { samplesPerPixel, bitsAllocated, rows, columns } = image;
  const width = bitsAllocated / 8;
  const segments = samplesPerPixel * width;
  // §G.4.1: each row is packed by itself, 128 bytes at worst with one byte more; a segment has an even length.
  const worst = rows * (columns + Math.ceil(columns / 128)) + 1;
  const plane = sameRoom(rows * columns + HEADER_BYTES + segments * worst).subarray(0, rows * columns);
  const bytes = Buffer.from(plane.buffer, plane.byteOffset + plane.length, HEADER_BYTES + segments * worst);
  bytes.fill(0, 0, HEADER_BYTES);
  bytes.writeUInt32LE(segments, 0);
  let end = HEADER_BYTES;
  for (let segment = 0; segment < segments; segment++) {
    bytes.writeUInt32LE(end, 4 + 4 * segment);
    const sample = Math.floor(segment / width);
    const first = sample * width + (width - 1 - (segment % width));
    for (let i = 0, from = first; i < plane.length; i++, from += segments) plane[i] = pixels[from]!;
    for (let row = 0; row < rows; row++) end = packRow(plane, row * columns, (row + 1) * columns, bytes, end);
    if (end % 2 === 1) bytes[end++] = 0;
  }
  return { bytes: Buffer.from(bytes.subarray(0, end)), image };
}

/** @returns where the packed row ends */
function packRow(from: Uint8Array, start: number, end: number, into: Buffer, to: number): number {
  let at = start;
  while (at < end) {
    const run = runLength(from, at, end);
    if (run > 1) {
      into[to++] = 257 - run;
      into[to++] = from[at]!;
      at += run;
      continue;
    }
    const literal = at;
    do at++;
    while (at < end && at - literal < 128 && runLength(from, at, Math.min(end, at + 3)) < 3);
    into[to++] = at - literal - 1;
    for (let i = literal; i < at; i++) into[to++] = from[i]!;
  }
  return to;
}

function runLength(from: Uint8Array, at: number, end: number): number {
  const value = from[at];
  const stop = Math.min(end, at + 128);
  let behind = at + 1;
  while (behind < stop && from[behind] === value) behind++;
  return behind - at;
}
