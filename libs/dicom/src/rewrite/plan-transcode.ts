import { NOT_KEPT } from '../element-table.js';
import { explicitLittle, implicitLittle } from '../scan/data-set-encoding.js';
import type { ScannedPart10 } from '../scan/scanned-part10.js';
import { lengthForm, LengthForm } from '../scan/value-representations.js';
import { ElementWriter } from './element-writer.js';
import { GatheredPieces } from './gathered-pieces.js';
import type { Piece, RewriteSource } from './plan-rewrite.js';
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

/**
 * Bytes before and behind Pixel Data, or all of them before it where it is copied. Each can be gone through once, `before` first; pieces
 * are made when they are asked for. Of a deflated file offsets count as if it were not.
 */
export interface TranscodePlan {
  readonly before: Iterable<Piece>;
  readonly after: Iterable<Piece>;
}

const FILE_META = 0x0002;
const META_LENGTH = 0x00020000;
const TRANSFER_SYNTAX = 0x00020010;
/** Extended Offset Table, its lengths, and Encapsulated Pixel Data Value Total Length: they tell of the fragments that were. */
const OFFSET_TABLES: ReadonlySet<number> = new Set([0x7fe00001, 0x7fe00002, 0x7fe00003]);
/** Bytes of the longest header, and of one with the delimiter that may belong to it. */
const [HEADER, HEADER_AND_DELIMITER] = [12, 20] as const;
/** Of File Meta and of what is replaced. */
const FEW_BYTES = 2048;

/** Whether elements are written as they stand, so that nothing behind Pixel Data has to be scanned. */
export function keepsElements({ explicitVr, littleEndian }: Pick<ScannedPart10, 'explicitVr' | 'littleEndian'>, target: Pick<TranscodeTarget, 'explicitVr'>): boolean {
  return littleEndian && explicitVr === target.explicitVr;
}

/**
 * The new file as pieces. Where VR encoding and byte order stay, every element that is not replaced is copied byte for byte;
 * else their headers are written anew, in sequences too, which get undefined lengths, and group lengths are left out (PS3.5 §7.2).
 * File Meta keeps all but the Transfer Syntax UID. An icon of fragments, which are of the transfer syntax that was (PS3.5 §A.4), is left out.
 */
export function planTranscode(source: RewriteSource, target: TranscodeTarget): TranscodePlan {
  const file = new TranscodedFile(source, target);
  return { before: file.before(), after: file.after() };
}

/** Holds no more than a chunk, and no object for an element, of which there may be a million. */
class TranscodedFile {
  private readonly source: RewriteSource;
  private readonly target: TranscodeTarget;
  private readonly keeps: boolean;
  private readonly out: GatheredPieces;
  private readonly writer: ElementWriter;
  /** Tags of replaced elements that the source has, until they are written. */
  private readonly left: Set<number>;
  /** Tags of those that it has not, in order, until they are written. */
  private readonly added: number[];
  /** Groups of replaced elements, whose group lengths are not right any more. */
  private readonly groups: ReadonlySet<number>;
  /** Of the data set. */
  private readonly firstRow: number;
  /** The next element of the root: its row, and its place among them. */
  private row = 0;
  private at = 0;
  private isBehindPixels = false;

  constructor(source: RewriteSource, target: TranscodeTarget) {
    const { elements: { tags, ends, count }, kept } = source.scanned;
    this.source = source;
    this.target = target;
    this.keeps = keepsElements(source.scanned, target);
    this.out = new GatheredPieces(this.keeps ? FEW_BYTES : FEW_BYTES + kept.length + HEADER_AND_DELIMITER * count);
    this.writer = new ElementWriter(source.scanned, target, this.out);
    let first = 0;
    while (first < count && tags[first]! >>> 16 === FILE_META) first = ends[first]!;
    this.firstRow = first;
    this.left = new Set();
    if (target.replaced.size > 0) for (let row = first; row < count; row = ends[row]!) if (target.replaced.has(tags[row]!)) this.left.add(tags[row]!);
    this.added = [...target.replaced.keys()].filter((tag) => !this.left.has(tag)).sort((one, other) => one - other);
    this.groups = new Set([...target.replaced.keys()].map((tag) => tag >>> 16));
  }

  *before(): Generator<Piece, void, void> {
    yield* this.fileMeta();
    yield* this.dataSet();
  }

  *after(): Generator<Piece, void, void> {
    if (!this.isBehindPixels) return;
    if (!this.keeps) return yield* this.dataSet();
    yield { from: this.target.pixelDataEnd! };
    yield* this.rest();
  }

  /** Preamble and prefix as they are, then the File Meta in explicit VR little endian (PS3.10 §7.1) with a right group length. */
  private *fileMeta(): Generator<Piece, void, void> {
    const { scanned: { elements: { tags, vrs, ends, lengths, kept, valueOffsets }, kept: values }, starts, end } = this.source;
    const [first] = starts;
    if ((first ?? end) > 0) this.out.copy(0, first ?? end);
    if (this.firstRow === 0) return;
    const transferSyntax = writeElement(TRANSFER_SYNTAX, 'UI', Buffer.from(this.target.transferSyntaxUid), explicitLittle);
    const length = Buffer.alloc(4);
    let bytes = transferSyntax.length;
    for (let row = 0; row < this.firstRow; row = ends[row]!) if (staysInMeta(tags[row]!)) bytes += (lengthForm(vrs[row]!) === LengthForm.short ? 8 : HEADER) + lengths[row]!;
    length.writeUInt32LE(bytes);
    yield* this.add(writeElement(META_LENGTH, 'UL', length, explicitLittle));
    let isWritten = false;
    for (; this.row < this.firstRow; this.row = ends[this.row]!, this.at++) {
      const { row } = this;
      const tag = tags[row]!;
      if (!staysInMeta(tag)) continue;
      if (!isWritten && tag > TRANSFER_SYNTAX) {
        isWritten = true;
        yield* this.add(transferSyntax);
      }
      const from = kept[row]!;
      yield* handOn(this.out.makeRoom(HEADER + (from === NOT_KEPT ? 0 : lengths[row]!)));
      this.out.addHeader(tag, vrs[row]!, lengths[row]!, true);
      if (from === NOT_KEPT) yield* handOn(this.out.copy(valueOffsets[row]!, valueOffsets[row]! + lengths[row]!));
      else this.out.addBytes(values, from, from + lengths[row]!);
    }
    if (!isWritten) yield* this.add(transferSyntax);
  }

  /** From the next element to Pixel Data that the caller writes, or to the end. */
  private *dataSet(): Generator<Piece, void, void> {
    const { scanned: { elements: { tags, ends, count }, icons, pixelData }, starts, end } = this.source;
    const replacesPixels = this.target.pixelDataEnd !== undefined;
    while (this.row < count) {
      const { row, at } = this;
      const tag = tags[row]!;
      while (this.added.length > 0 && this.added[0]! < tag) yield* this.write(this.added.shift()!);
      this.row = ends[row]!;
      this.at++;
      if (replacesPixels && tag === pixelData?.tag) {
        this.isBehindPixels = true;
        return yield* handOn(this.out.take());
      }
      if (this.left.delete(tag)) yield* this.write(tag);
      else if (this.isLeftOut(tag) || icons.sequences.has(row)) continue;
      else if (this.keeps && !icons.roots.has(row)) yield* handOn(this.out.copy(starts[at]!, starts[at + 1] ?? end));
      else yield* this.writer.write(row);
    }
    yield* this.rest();
  }

  private *rest(): Generator<Piece, void, void> {
    while (this.added.length > 0) yield* this.write(this.added.shift()!);
    yield* handOn(this.out.take());
  }

  private isLeftOut(tag: number): boolean {
    const replacesPixels = this.target.pixelDataEnd !== undefined;
    if ((tag & 0xffff) === 0) return !this.keeps || this.groups.has(tag >>> 16) || (replacesPixels && tag === 0x7fe00000);
    return replacesPixels && OFFSET_TABLES.has(tag);
  }

  private write(tag: number): Generator<Piece, void, void> {
    const { vr, value } = this.target.replaced.get(tag)!;
    return this.add(writeElement(tag, vr, value, this.target.explicitVr ? explicitLittle : implicitLittle));
  }

  private *add(bytes: Buffer): Generator<Piece, void, void> {
    yield* handOn(this.out.makeRoom(bytes.length));
    this.out.addBytes(bytes);
  }
}

function staysInMeta(tag: number): boolean {
  return tag !== META_LENGTH && tag !== TRANSFER_SYNTAX;
}

function* handOn(piece: Piece | undefined): Generator<Piece, void, void> {
  if (piece !== undefined) yield piece;
}

/** Of an item or delimiter, which have no VR. */
export function itemHeader(tag: number, length: number): Buffer {
  return writeHeader(tag, '', length, implicitLittle);
}
