import { isSignedOrUnsigned } from '../dictionary/vr-of-tag.js';
import { ITEM_TAG, NOT_KEPT, vrCode, vrName } from '../element-table.js';
import { type DataSetEncoding, explicitLittle, implicitLittle } from '../scan/data-set-encoding.js';
import type { ScannedPart10 } from '../scan/scanned-part10.js';
import { lengthForm, LengthForm, SQ, swapWidth, UN } from '../scan/value-representations.js';
import { type Piece, rootElements, type RewriteSource } from './plan-rewrite.js';
import { fileMetaPieces } from './rewrite-file-meta.js';
import { swappedCopy } from './swap-chunks.js';
import { writeElement, writeHeader } from './write-element.js';

export interface TranscodeTarget {
  readonly transferSyntaxUid: string;
  /** False: Implicit VR Little Endian. */
  readonly explicitVr: boolean;
  /** Elements of the data set that stand in the place of its own, or are added. */
  readonly replaced: ReadonlyMap<number, { readonly vr: string; readonly value: Buffer }>;
  /** Set where the caller writes Pixel Data: the offset behind that of the source. */
  readonly pixelDataEnd?: number | undefined;
  /** Of the image, where there is one. */
  readonly bitsAllocated: number;
  readonly isSigned: boolean;
}

/** Bytes before and behind Pixel Data, or all of them before it where it is copied. Of a deflated file offsets count as if it were not. */
export interface TranscodePlan {
  readonly before: readonly Piece[];
  readonly after: readonly Piece[];
}

const TRANSFER_SYNTAX = 0x00020010;
const UNDEFINED = 0xffffffff;
/** Bytes of a sample by its bits. */
const WORDS: ReadonlyMap<number, 2 | 4 | 8> = new Map([[16, 2], [32, 4], [64, 8]]);
const ITEM_DELIMITER = 0xfffee00d;
const SEQUENCE_DELIMITER = 0xfffee0dd;
/** Extended Offset Table, its lengths, and Encapsulated Pixel Data Value Total Length: they tell of the fragments that were. */
const OFFSET_TABLES: ReadonlySet<number> = new Set([0x7fe00001, 0x7fe00002, 0x7fe00003]);

/** Whether elements are written as they stand, so that nothing behind Pixel Data has to be scanned. */
export function keepsElements({ explicitVr, littleEndian }: Pick<ScannedPart10, 'explicitVr' | 'littleEndian'>, target: Pick<TranscodeTarget, 'explicitVr'>): boolean {
  return littleEndian && explicitVr === target.explicitVr;
}

/**
 * The new file as pieces. Where VR encoding and byte order stay, every element that is not replaced is copied byte for byte;
 * else their headers are written anew, in sequences too, which get undefined lengths, and group lengths are left out (PS3.5 §7.2).
 * File Meta keeps all but the Transfer Syntax UID. An icon of fragments, which are of the transfer syntax that was (PS3.5 §A.4), is left out.
 */
export function planTranscode({ scanned, starts, end }: RewriteSource, target: TranscodeTarget): TranscodePlan {
  const root = rootElements(scanned, starts);
  const dataSet = root.filter(({ tag }) => tag >>> 16 !== 2);
  const begins = dataSet[0]?.start ?? end;
  const encoding = target.explicitVr ? explicitLittle : implicitLittle;
  const leftOut = iconsOfFragments(scanned);
  const writer = new ElementWriter(scanned, target, encoding, leftOut);
  const keeps = keepsElements(scanned, target);
  const left = new Map([...target.replaced].sort(([one], [other]) => one - other));
  const present = new Set(dataSet.map(({ tag }) => tag));
  const groups = new Set([...target.replaced.keys()].map((tag) => tag >>> 16));
  const before: Piece[] = [...fileMetaPieces(scanned, root.slice(0, root.length - dataSet.length), begins, new Map([[TRANSFER_SYNTAX, ['UI', target.transferSyntaxUid]]]))];
  const after: Piece[] = [];
  let pieces = before;
  const write = (tag: number): void => {
    const { vr, value } = left.get(tag)!;
    pieces.push(writeElement(tag, vr, value, encoding));
    left.delete(tag);
  };
  dataSet.forEach(({ tag, row, start }, at) => {
    for (const added of [...left.keys()]) if (added < tag && !present.has(added)) write(added);
    const isGroupLength = (tag & 0xffff) === 0;
    if (target.pixelDataEnd !== undefined && tag === scanned.pixelData?.tag) {
      pieces = after;
      if (keeps) after.push({ from: target.pixelDataEnd });
    } else if (pieces === after && keeps) return;
    else if (left.has(tag)) write(tag);
    else if (isGroupLength && (!keeps || groups.has(tag >>> 16) || target.pixelDataEnd !== undefined && tag === 0x7fe00000)) return;
    else if (leftOut.has(row) || (target.pixelDataEnd !== undefined && OFFSET_TABLES.has(tag))) return;
    else if (keeps && !holdsOneOf(leftOut, row, scanned.elements.ends[row]!)) copy(pieces, start, dataSet[at + 1]?.start ?? end);
    else writer.write(pieces, row);
  });
  for (const tag of left.keys()) write(tag);
  return { before, after };
}

/** Rows of the sequences whose items have fragments for a value. */
function iconsOfFragments({ elements: { depths }, nestedFragments }: ScannedPart10): ReadonlySet<number> {
  return new Set(nestedFragments.map((value) => {
    let row = value;
    while (depths[row]! > depths[value]! - 2) row--;
    return row;
  }));
}

function holdsOneOf(rows: ReadonlySet<number>, from: number, end: number): boolean {
  for (const row of rows) if (row > from && row < end) return true;
  return false;
}

/** Ranges that meet are one. */
function copy(pieces: Piece[], from: number, end: number): void {
  const last = pieces.at(-1);
  if (last !== undefined && !Buffer.isBuffer(last) && last.end === from && last.swap === undefined) pieces[pieces.length - 1] = { from: last.from, end };
  else pieces.push({ from, end });
}

/** Elements in another encoding. */
class ElementWriter {
  private readonly scanned: ScannedPart10;
  private readonly target: TranscodeTarget;
  private readonly encoding: DataSetEncoding;
  private readonly leftOut: ReadonlySet<number>;

  /** @param leftOut rows of sequences inside of others that are not written */
  constructor(scanned: ScannedPart10, target: TranscodeTarget, encoding: DataSetEncoding, leftOut: ReadonlySet<number>) {
    this.scanned = scanned;
    this.target = target;
    this.encoding = encoding;
    this.leftOut = leftOut;
  }

  /** The element of a row, with all that is in it. */
  write(pieces: Piece[], row: number): void {
    const { tags, vrs, ends, lengths, depths } = this.scanned.elements;
    const tag = tags[row]!;
    if (vrs[row] !== SQ) return this.writeValue(pieces, row, tag, lengths[row]!, depths[row] === 0);
    pieces.push(writeHeader(tag, 'SQ', UNDEFINED, this.encoding));
    for (let item = row + 1; item < ends[row]!; item = ends[item]!) {
      pieces.push(itemHeader(ITEM_TAG, UNDEFINED));
      for (let child = item + 1; child < ends[item]!; child = ends[child]!) if ((tags[child]! & 0xffff) !== 0 && !this.leftOut.has(child)) this.write(pieces, child);
      pieces.push(itemHeader(ITEM_DELIMITER, 0));
    }
    pieces.push(itemHeader(SEQUENCE_DELIMITER, 0));
  }

  private writeValue(pieces: Piece[], row: number, tag: number, length: number, isRoot: boolean): void {
    const { elements, kept, littleEndian, pixelData } = this.scanned;
    const vr = this.vrOf(tag, elements.vrs[row]!, length);
    const swap = littleEndian ? 1 : isRoot && tag === pixelData?.tag ? this.pixelWidth(vr) : swapWidth(elements.vrs[row]!);
    pieces.push(writeHeader(tag, vrName(vr), length, this.encoding));
    const from = elements.kept[row]!;
    const offset = elements.valueOffsets[row]!;
    if (length === 0) return;
    if (from !== NOT_KEPT) pieces.push(swappedCopy(kept.subarray(from, from + length), swap));
    else pieces.push({ from: offset, end: offset + length, ...(swap > 1 && { swap }) });
  }

  /** US or SS as the image says; UN for what a short length does not hold (PS3.5 §6.2.2). */
  private vrOf(tag: number, vr: number, length: number): number {
    const isSigned = !this.scanned.explicitVr && this.target.isSigned && vrName(vr) === 'US' && isSignedOrUnsigned(tag);
    const meant = isSigned ? vrCode('SS') : vr;
    return this.encoding.explicitVr && length > 0xffff && lengthForm(meant) === LengthForm.short ? UN : meant;
  }

  /** Words of OW are turned even where samples are bytes; in OB nothing is (PS3.5 §7.3). */
  private pixelWidth(vr: number): 1 | 2 | 4 | 8 {
    return WORDS.get(this.target.bitsAllocated) ?? (swapWidth(vr) === 2 ? 2 : 1);
  }
}

/** Of an item or delimiter, which have no VR. */
export function itemHeader(tag: number, length: number): Buffer {
  return writeHeader(tag, '', length, implicitLittle);
}
