import { encodeText, isAscii } from '../charset/encode-text.js';
import { NOT_KEPT, vrCode } from '../element-table.js';
import { isEncodedText } from '../json/value-kinds.js';
import type { ScannedPart10 } from '../scan/scanned-part10.js';
import { isUtf8 } from 'node:buffer';
import type { ElementChange } from './element-change.js';
import { fileMetaPieces } from './rewrite-file-meta.js';
import { RewriteRefusedError } from './rewrite-refused-error.js';
import { writeElement } from './write-element.js';

/** Bytes of the new file: new ones, or a range of the source that is copied as it is; without `end` up to the source's end. `swap`: its words of so many bytes are turned around. */
export type Piece = Buffer | { readonly from: number; readonly end?: number; readonly swap?: 1 | 2 | 4 | 8 };

export interface RewritePlan {
  /** In order; ranges ascend. Of a deflated file offsets count in the file as it would be uninflated. */
  readonly pieces: readonly Piece[];
  /** Of a deflated file: the offset at which its deflated data set begins, and of `pieces` the first that belongs to it. */
  readonly deflated: { readonly from: number; readonly firstPiece: number } | undefined;
}

/** What has been scanned of the source, at least up to Pixel Data. */
export interface RewriteSource {
  readonly scanned: ScannedPart10;
  /** Of each element of the root, in order, where its header begins. */
  readonly starts: readonly number[];
  /** Where the last of them ends, when all have passed. */
  readonly end: number;
}

export interface RootElement {
  readonly tag: number;
  readonly row: number;
  readonly start: number;
}

const CHARACTER_SET = 0x00080005;
const FILE_META = 0x0002;
/** 16 bits of an explicit VR header, even. */
const MAX_VALUE_BYTES = 0xfffe;

/**
 * The new file as pieces: File Meta written anew with this product's implementation UID (PS3.10 §7.1), the changed elements in
 * their places, in the encoding and the Specific Character Set of the file; everything else is copied, byte for byte. Group
 * lengths of changed groups, which PS3.5 §7.2 retired, are left out.
 *
 * Text that the file's character set cannot express makes the file ISO_IR 192 when all its other text reads the same in it;
 * else RewriteRefusedError. To know that the whole file must have been scanned: see `needsWholeFile`.
 */
export function planRewrite(source: RewriteSource, changes: readonly ElementChange[]): RewritePlan {
  const { scanned, starts, end } = source;
  const root = rootElements(scanned, starts);
  const dataSet = root.filter(({ tag }) => tag >>> 16 !== FILE_META);
  const begins = dataSet[0]?.start ?? end;
  const meta = root.slice(0, root.length - dataSet.length);
  const before = fileMetaPieces(scanned, meta, begins);
  const writing = encodeChanges(scanned, root, changes);
  const pieces: Piece[] = [...before, ...dataSetPieces(dataSet, writing, begins, end)];
  return { pieces, deflated: scanned.deflated ? { from: begins, firstPiece: before.length } : undefined };
}

/** Whether more than what lies before Pixel Data has to be scanned: then the character set may have to change. */
export function needsWholeFile(changes: readonly ElementChange[]): boolean {
  return changes.some(({ text }) => !isAscii(text));
}

export function rootElements({ elements }: ScannedPart10, starts: readonly number[]): RootElement[] {
  const root: RootElement[] = [];
  for (let row = 0; row < elements.count; row = elements.ends[row]!) root.push({ tag: elements.tags[row]!, row, start: starts[root.length]! });
  return root;
}

/** New elements by tag, as bytes. */
function encodeChanges(scanned: ScannedPart10, root: readonly RootElement[], changes: readonly ElementChange[]): Map<number, Buffer> {
  const found = root.find(({ tag }) => tag === CHARACTER_SET);
  const declared = found === undefined ? '' : keptText(scanned, found.row);
  const inDeclared = encodeAll(scanned, changes, declared);
  if (!('tag' in inDeclared)) return inDeclared.encoded;
  const changed = new Set(changes.map(({ tag }) => tag));
  if (!staysValidInUtf8(scanned, root, changed, declared)) {
    throw new RewriteRefusedError(inDeclared.tag, `has characters that the instance's Specific Character Set cannot express, and other text of the instance is not plain enough to be declared as ISO_IR 192.`);
  }
  const inUtf8 = encodeAll(scanned, [{ tag: CHARACTER_SET, vr: 'CS', text: 'ISO_IR 192' }, ...changes], 'ISO_IR 192');
  if ('tag' in inUtf8) throw new RewriteRefusedError(inUtf8.tag, 'cannot be written in ISO_IR 192.');
  return inUtf8.encoded;
}

/** The changes in a character set, or the first tag that it cannot express. */
function encodeAll({ explicitVr, littleEndian }: ScannedPart10, changes: readonly ElementChange[], characterSet: string): { encoded: Map<number, Buffer> } | { tag: number } {
  const encoded = new Map<number, Buffer>();
  for (const { tag, vr, text } of changes) {
    const value = encodeText(text, isEncodedText(vrCode(vr)) ? characterSet : '', vr);
    if (!value) return { tag };
    if (value.length > MAX_VALUE_BYTES) throw new RewriteRefusedError(tag, `would have a value of ${value.length} bytes; allowed are ${MAX_VALUE_BYTES}.`);
    encoded.set(tag, writeElement(tag, vr, value, { explicitVr, littleEndian }));
  }
  return { encoded };
}

/**
 * Whether every text that stays reads the same when it is declared as UTF-8: plain ASCII does, and so does what was undeclared
 * and is read as UTF-8 anyway. Values of UN are not known to be text.
 */
function staysValidInUtf8({ elements, kept }: ScannedPart10, root: readonly RootElement[], changed: ReadonlySet<number>, declared: string): boolean {
  const undeclared = declared === '' || declared === 'ISO_IR 6';
  return root.every(({ tag, row }) => {
    if (changed.has(tag) || tag >>> 16 === FILE_META) return true;
    for (let at = row; at < elements.ends[row]!; at += 1) {
      const length = elements.lengths[at]!;
      if (length === 0 || !isEncodedText(elements.vrs[at]!)) continue;
      const from = elements.kept[at]!;
      if (from === NOT_KEPT) return false;
      const bytes = kept.subarray(from, from + length);
      if (bytes.includes(0x1b) || !(undeclared ? isUtf8(bytes) : bytes.every((byte) => byte < 0x80))) return false;
    }
    return true;
  });
}

function keptText({ elements, kept }: ScannedPart10, row: number): string {
  const from = elements.kept[row]!;
  return from === NOT_KEPT ? '' : kept.toString('latin1', from, from + elements.lengths[row]!).replace(/[ \0]+$/, '');
}

/** A changed element stands where the first of its tag stood, a new one before the first element with a greater tag. */
function dataSetPieces(dataSet: readonly RootElement[], changes: ReadonlyMap<number, Buffer>, begins: number, end: number): Piece[] {
  const pieces: Piece[] = [];
  const left = new Map([...changes].sort(([one], [other]) => one - other));
  const replaced = new Set(dataSet.map(({ tag }) => tag).filter((tag) => changes.has(tag)));
  const groups = new Set([...changes.keys()].map((tag) => tag >>> 16));
  let copied = begins;
  const copyTo = (to: number): void => {
    if (to > copied) pieces.push({ from: copied, end: to });
  };
  const write = (tag: number): void => {
    const bytes = left.get(tag);
    if (bytes) pieces.push(bytes);
    left.delete(tag);
  };
  dataSet.forEach(({ tag, start }, at) => {
    const inserted = [...left.keys()].filter((changed) => changed < tag && !replaced.has(changed));
    const dropped = changes.has(tag) || ((tag & 0xffff) === 0 && groups.has(tag >>> 16));
    if (inserted.length === 0 && !dropped) return;
    copyTo(start);
    inserted.forEach(write);
    if (dropped) write(tag);
    copied = dropped ? (dataSet[at + 1]?.start ?? end) : start;
  });
  if (left.size > 0) {
    copyTo(end);
    [...left.keys()].forEach(write);
    copied = end;
  }
  return [...pieces, { from: copied }];
}
