import { type EncapsulatedFrames, type KnownFrames, type NativeFrames } from './frame-table.js';

const ITEM_HEADER = 8;

/** How to get one frame with one ranged read. */
export interface FrameParts {
  /** First byte to read, in the file (see `KnownFrames` on `inflated`). */
  readonly offset: number;
  /** Bytes to read; 0 for an empty frame. */
  readonly length: number;
  /** What of the bytes read is the frame, in order and joined: between the slices lie item headers. Offsets count from the range's start. */
  readonly slices: readonly { readonly offset: number; readonly length: number }[];
  /** Native frames only: the frame begins at this bit of the first byte, lowest bit first; see `alignBits`. Else 0. */
  readonly firstBit: number;
  /** Bits of a native frame; of an encapsulated one 8 times the bytes of its slices. */
  readonly bits: number;
}

/**
 * Costs the same for every frame, but for the fragments that it has.
 *
 * @param frameNumber from 1, as in PS3.18 §8.2
 * @throws RangeError when the instance has no such frame: check against `frames` first
 */
export function frameParts(table: KnownFrames, frameNumber: number): FrameParts {
  if (!Number.isSafeInteger(frameNumber) || frameNumber < 1 || frameNumber > table.frames) throw new RangeError(`There is no frame ${frameNumber} of ${table.frames}.`);
  return table.kind === 'native' ? nativeParts(table, frameNumber - 1) : encapsulatedParts(table, frameNumber - 1);
}

function nativeParts({ offset, frameBits, strideBits }: NativeFrames, frame: number): FrameParts {
  const start = frame * strideBits;
  const firstBit = start % 8;
  const length = Math.ceil((firstBit + frameBits) / 8);
  return { offset: offset + (start - firstBit) / 8, length, slices: [{ offset: 0, length }], firstBit, bits: frameBits };
}

function encapsulatedParts(table: EncapsulatedFrames, frame: number): FrameParts {
  const { firstFragments, width, starts } = table;
  const first = firstFragments ? firstFragments.readUInt32LE(4 * frame) : frame;
  const behind = firstFragments ? firstFragments.readUInt32LE(4 * frame + 4) : frame + 1;
  const startOf = (fragment: number): number => starts.readUIntLE(width * fragment, width);
  const from = startOf(first) + ITEM_HEADER;
  const slices: { offset: number; length: number }[] = [];
  let bytes = 0;
  for (let fragment = first, start = from; fragment < behind; fragment++) {
    const next = startOf(fragment + 1);
    if (next > start) slices.push({ offset: start - from, length: next - start });
    bytes += next - start;
    start = next + ITEM_HEADER;
  }
  return { offset: table.offset + from, length: startOf(behind) - from, slices, firstBit: 0, bits: 8 * bytes };
}
