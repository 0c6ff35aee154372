import { alignBits } from '@isocenter/dicom';

import { type Metadata, type MetadataElement, numberOf } from '../describe-image.js';
import { ImagingError } from '../imaging-error.js';
import { type Overlay } from './presentation.js';
import { bytesOf, numbersOf, type ReadBulk } from './read-bytes.js';

/** Of all overlays of a frame: four as large as the largest mammograms have 15 MB. */
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_SIDE = 65535;

/** An overlay without its bits. */
interface Place extends Omit<Overlay, 'bits'> {
  readonly data: MetadataElement;
  /** In its data, of the frame's first bit. */
  readonly firstBit: number;
}

/** Bytes that `readOverlays` gives at most. Throws ImagingError `too-large`. */
export function overlayBytes(metadata: Metadata, frameNumber: number): number {
  const bytes = placesOf(metadata, frameNumber).reduce((sum, { rows, columns }) => sum + Math.ceil((rows * columns) / 8) + 1, 0);
  if (bytes > MAX_BYTES) throw new ImagingError('too-large', `The overlays of the frame have ${bytes} bytes; at most ${MAX_BYTES} are drawn.`);
  return bytes;
}

/** What of them is the frame's. Throws ImagingError. */
export async function readOverlays(metadata: Metadata, frameNumber: number, bulk: ReadBulk): Promise<Overlay[]> {
  overlayBytes(metadata, frameNumber);
  const overlays: Overlay[] = [];
  for (const { data, firstBit, ...place } of placesOf(metadata, frameNumber)) {
    const count = place.rows * place.columns;
    const first = Math.floor(firstBit / 8);
    const bytes = await bytesOf(data, 'overlay', bulk, { first, length: Math.ceil((firstBit + count) / 8) - first });
    if (bytes !== undefined) overlays.push({ ...place, bits: bitsOf(bytes, firstBit % 8, count) });
  }
  return overlays;
}

/** Groups 6000 to 601E that the frame has; those inside Pixel Data are read by `readOverlayBits`. */
function placesOf(metadata: Metadata, frameNumber: number): Place[] {
  const places: Place[] = [];
  for (let group = 0x6000; group <= 0x601e; group += 2) {
    const tag = (element: string): string => `${group.toString(16).toUpperCase()}${element}`;
    const [rows, columns, data] = [numberOf(metadata, tag('0010')), numberOf(metadata, tag('0011')), metadata[tag('3000')]];
    const frame = frameNumber - (numberOf(metadata, tag('0051')) ?? 1);
    const frames = numberOf(metadata, tag('0015'));
    if (!isSize(rows) || !isSize(columns) || data === undefined || !Number.isInteger(frame) || frame < 0 || frame >= (frames ?? Infinity)) continue;
    const [top = 1, left = 1] = numbersOf(metadata, tag('0050'));
    places.push({ rows, columns, top, left, data, firstBit: frames === undefined ? 0 : frame * rows * columns });
  }
  return places;
}

function isSize(side: number | undefined): side is number {
  return Number.isInteger(side) && side! >= 1 && side! <= MAX_SIDE;
}

/** A copy of its own, so that it can be handed to a thread without what it was a part of. */
function bitsOf(bytes: Buffer, from: number, count: number): Uint8Array {
  return new Uint8Array(alignBits(bytes, from, Math.max(0, Math.min(count, 8 * bytes.length - from))));
}
