import { NOT_KEPT, type ElementTable } from '../element-table.js';
import { EDGE_BYTES } from '../scan/fragment-list.js';
import { type ScannedPart10 } from '../scan/scanned-part10.js';

const EXTENDED_OFFSET_TABLE = 0x7fe00001;

/** Which fragment each frame begins with: 'one each', 'all' of them in one frame, a list of indices, or undefined when nothing tells. */
export type FragmentGroups = 'one each' | 'all' | Uint32Array | undefined;

/** In the order of trust: counts that leave no choice, offset tables that agree with the fragments, marks in the bytes (PS3.5 §A.4). */
export function groupFragments(file: ScannedPart10, frames: number): FragmentGroups {
  const fragments = file.fragments.length / 2;
  if (fragments < frames) return undefined;
  if (fragments === frames) return 'one each';
  if (frames === 1) return 'all';
  return fromOffsets(file, file.basicOffsetTable, frames) ?? fromOffsets(file, extendedOffsetTable(file), frames) ?? fromMarks(file, frames);
}

/** Offsets count from the first fragment's item header; used only if each one is a fragment's, and the first one's is 0. */
function fromOffsets(file: ScannedPart10, offsets: ArrayLike<number>, frames: number): Uint32Array | undefined {
  if (offsets.length !== frames || offsets[0] !== 0) return undefined;
  const { fragments } = file;
  const firsts = new Uint32Array(frames);
  let fragment = 0;
  for (let frame = 0; frame < frames; frame++) {
    const wanted = offsets[frame]!;
    while (fragment < fragments.length / 2 && fragments[2 * fragment]! - fragments[0]! < wanted) fragment++;
    if (fragment >= fragments.length / 2 || fragments[2 * fragment]! - fragments[0]! !== wanted) return undefined;
    if (frame > 0 && firsts[frame - 1] === fragment) return undefined;
    firsts[frame] = fragment;
  }
  return firsts;
}

/** (7FE0,0001), 64-bit offsets, where it was short enough to be kept. */
function extendedOffsetTable({ elements, kept }: ScannedPart10): Float64Array {
  const row = findRootRow(elements, EXTENDED_OFFSET_TABLE);
  const at = row < 0 ? NOT_KEPT : elements.kept[row]!;
  if (at === NOT_KEPT) return new Float64Array();
  return Float64Array.from({ length: Math.floor(elements.lengths[row]! / 8) }, (_, entry) => Number(kept.readBigUInt64LE(at + 8 * entry)));
}

function findRootRow(elements: ElementTable, tag: number): number {
  for (let row = 0; row < elements.count; row = elements.ends[row]!) if (elements.tags[row] === tag) return row;
  return -1;
}

/** Fragments that begin as a codestream does; if those are too many, the ones among them that follow the end of another. */
function fromMarks({ fragments, fragmentEdges: edges }: ScannedPart10, frames: number): Uint32Array | undefined {
  const begins: number[] = [];
  for (let fragment = 0; fragment < fragments.length / 2; fragment++) if (beginsCodestream(edges, fragment)) begins.push(fragment);
  if (begins[0] !== 0) return undefined;
  if (begins.length > frames) {
    const afterEnd = begins.filter((fragment) => fragment === 0 || endsCodestream(edges, fragment - 1));
    return afterEnd.length === frames ? Uint32Array.from(afterEnd) : undefined;
  }
  return begins.length === frames ? Uint32Array.from(begins) : undefined;
}

/** SOI of JPEG and JPEG-LS, SOC + SIZ of JPEG 2000, the signature box of JP2, JPEG XL. */
function beginsCodestream(edges: Uint8Array, fragment: number): boolean {
  const at = EDGE_BYTES * fragment;
  const mark = ((edges[at]! << 24) | (edges[at + 1]! << 16) | (edges[at + 2]! << 8) | edges[at + 3]!) >>> 0;
  return mark >>> 8 === 0xffd8ff || mark === 0xff4fff51 || mark === 0x0000000c || mark >>> 16 === 0xff0a;
}

/** EOI or EOC, FFD9 in all of them, perhaps with a pad byte behind. */
function endsCodestream(edges: Uint8Array, fragment: number): boolean {
  const last = (edges[EDGE_BYTES * fragment + 4]! << 8) | edges[EDGE_BYTES * fragment + 5]!;
  return last === 0xffd9 || last === 0xd900;
}
