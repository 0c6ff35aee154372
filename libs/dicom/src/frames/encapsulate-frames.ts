import { type ScannedPart10 } from '../scan/scanned-part10.js';
import { type FrameTable, unknownFrames } from './frame-table.js';
import { type FragmentGroups } from './group-fragments.js';

const ITEM_HEADER = 8;
/** So that a table cannot outgrow its instance: fragments of tables beyond this are made to do harm. */
const FREE_FRAGMENTS = 100_000;
const FRAGMENTS_A_FRAME = 64;

/** Packs the fragments: 4 bytes each (6 beyond 4 GiB) and 4 bytes a frame where frames have several. */
export function encapsulateFrames(file: ScannedPart10, groups: FragmentGroups, frames: number): FrameTable {
  const fragments = file.fragments.length / 2;
  if (fragments === 0) return unknownFrames('Pixel Data has no fragments.');
  if (groups === undefined) return unknownFrames(`Nothing tells which of the ${fragments} fragments of Pixel Data belong to which of the ${frames} frames.`);
  if (fragments > FREE_FRAGMENTS + FRAGMENTS_A_FRAME * frames) return unknownFrames(`Pixel Data has ${fragments} fragments for ${frames} frames, more than are served.`);
  const offset = file.fragments[0]! - ITEM_HEADER;
  const end = file.fragments[2 * fragments - 2]! + file.fragments[2 * fragments - 1]! - offset;
  const width = end > 0xffffffff ? 6 : 4;
  const starts = Buffer.allocUnsafe(width * (fragments + 1));
  for (let i = 0; i < fragments; i++) starts.writeUIntLE(file.fragments[2 * i]! - ITEM_HEADER - offset, width * i, width);
  starts.writeUIntLE(end, width * fragments, width);
  return { kind: 'encapsulated', frames, offset, fragments, width, starts, firstFragments: packFirsts(groups, fragments), inflated: file.deflated };
}

function packFirsts(groups: Exclude<FragmentGroups, undefined>, fragments: number): Buffer | undefined {
  if (groups === 'one each') return undefined;
  const firsts = groups === 'all' ? [0] : groups;
  const packed = Buffer.allocUnsafe(4 * (firsts.length + 1));
  firsts.forEach((first, frame) => packed.writeUInt32LE(first, 4 * frame));
  packed.writeUInt32LE(fragments, 4 * firsts.length);
  return packed;
}
