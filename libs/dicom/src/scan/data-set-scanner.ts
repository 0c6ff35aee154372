import { ITEM_TAG, NOT_KEPT, vrName, type PixelDataRange } from '../element-table.js';
import { vrOfTag } from '../dictionary/vr-of-tag.js';
import { swapBytes, tagAt, uint16At, uint32At } from './byte-order.js';
import { ContainerStack } from './container-stack.js';
import { declaredEncoding, explicitLittle, implicitLittle, visibleEncoding, type DataSetEncoding } from './data-set-encoding.js';
import { DicomParseError, tagText, type DicomParseCode } from './dicom-parse-error.js';
import { ElementColumns } from './element-columns.js';
import { FileMeta } from './file-meta.js';
import { FragmentList } from './fragment-list.js';
import { FragmentWalk } from './fragment-walk.js';
import { GrowingBytes } from './growing-bytes.js';
import { HeaderCarry } from './header-carry.js';
import { type ScanLimits } from './scan-limits.js';
import { isKnownVr, lengthForm, LengthForm, OB, OW, SQ, swapWidth, UN } from './value-representations.js';

const ITEM_DELIMITER = 0xfffee00d;
const SEQUENCE_DELIMITER = 0xfffee0dd;
const PIXEL_DATA = 0x7fe00010;
const UNDEFINED = 0xffffffff;
const SHORT_HEADER = 8;
const LONG_HEADER = 12;

/** What happens to the bytes of the value that is passing. */
const Sink = { none: 0, keep: 1, fragment: 2, offsetTable: 3 } as const;
type Sink = (typeof Sink)[keyof typeof Sink];

/**
 * Reads File Meta and data set element by element (PS3.5 §7, PS3.10 §7.1) from chunks of any size. Values are passed by
 * count and never searched. Holds at most one element header over the end of a chunk.
 */
export class DataSetScanner {
  readonly columns = new ElementColumns();
  readonly kept = new GrowingBytes(4096);
  readonly fragments: FragmentList;
  readonly icons = { sequences: new Set<number>(), roots: new Set<number>() };
  /** Offset of the next byte to be read. */
  offset = 0;
  readonly meta = new FileMeta();
  pixelData: PixelDataRange | undefined;
  /** The File Meta ends here and what follows must be inflated first: see `beginInflated`. */
  deflatedBegins = false;
  /** When it is there it gets, for each row of depth 0 in turn, the offset at which the element's header begins. */
  rootStarts: number[] | undefined;
  /** Offset behind the last element, when zeros follow it. */
  zerosBegin: number | undefined;
  /** Of the data set; of the File Meta before it has begun. */
  dataSetEncoding: DataSetEncoding = explicitLittle;

  private readonly limits: ScanLimits;
  private readonly stack: ContainerStack;
  private encoding: DataSetEncoding = explicitLittle;
  private inMeta = true;
  private inflated = false;
  private readonly carry = new HeaderCarry(LONG_HEADER);
  private readonly walk = new FragmentWalk();
  private left = 0;
  private sink: Sink = Sink.none;
  private row = 0;
  private zeroTail = false;

  constructor(limits: ScanLimits) {
    this.limits = limits;
    this.stack = new ContainerStack(limits.depth);
    this.fragments = new FragmentList(limits.fragments);
  }

  /** Reads on; gives the index of the first byte not taken, which is the chunk's length unless deflated data begin. */
  consume(chunk: Buffer): number {
    const end = chunk.length;
    let at = 0;
    while (at < end && !this.deflatedBegins) {
      if (this.left > 0) at = this.passValue(chunk, at, end);
      else if (this.zeroTail) at = this.passZeros(chunk, at, end);
      else if (this.atMetaLevel() && !this.inflated && this.carry.length === 0 && this.meta.deflatesFrom(this.offset)) this.deflatedBegins = true;
      else at = this.passHeader(chunk, at, end);
    }
    return at;
  }

  /** The next bytes given to `consume` are inflated ones. Returns bytes taken already that belong to the deflated data. */
  beginInflated(): Buffer {
    this.deflatedBegins = false;
    this.inflated = true;
    return Buffer.from(this.carry.take());
  }

  /** A data set shorter than a header may be deflated too. Call before `finish`. */
  expectsDeflated(): boolean {
    return this.inMeta && !this.inflated && this.carry.length > 0 && this.meta.deflates;
  }

  /** @throws DicomParseError when the stream ended inside anything */
  finish(): void {
    const tag = this.columns.count > 0 ? this.columns.tags[this.row] : undefined;
    if (this.left > 0) this.fail('truncated', `The file ends ${this.left} bytes before the end of a value`, tag);
    if (this.carry.length > 0 && !this.carriesPadding()) {
      if (this.columns.count === 0) this.fail('not-dicom', `${this.carry.length} bytes are too few for a data element`);
      this.fail('truncated', `The file ends after ${this.carry.length} bytes of an element header`);
    }
    if (this.walk.active) this.fail('truncated', 'The file ends before the Sequence Delimitation Item of encapsulated data', this.columns.tags[this.walk.row]);
    if (this.stack.height > 0) this.fail('truncated', 'The file ends inside a sequence', this.columns.tags[this.stack.row]);
    if (this.columns.count === 0) this.fail('truncated', 'The file ends before the first data element');
    if (this.inMeta) this.dataSetEncoding = declaredEncoding(this.meta.transferSyntaxUid) ?? explicitLittle;
  }

  private carriesPadding(): boolean {
    return !this.inMeta && this.stack.height === 0 && !this.walk.active && this.carry.isZero();
  }

  // ---- headers -------------------------------------------------------------------------------------------------------

  private passHeader(chunk: Buffer, start: number, end: number): number {
    if (this.carry.length === 0 && end - start >= LONG_HEADER) {
      const size = this.headerSize(chunk, start);
      if (size > 0) this.readHeader(chunk, start, size);
      return start + size;
    }
    const at = this.carry.fill(SHORT_HEADER, chunk, start, end);
    if (this.carry.length < SHORT_HEADER) return at;
    const size = this.headerSize(this.carry.bytes, 0);
    if (size === 0) return at;
    const behind = this.carry.fill(size, chunk, at, end);
    if (this.carry.length < size) return behind;
    this.readHeader(this.carry.take(), 0, size);
    return behind;
  }

  /** Bytes of the header whose first eight are there; 0 when it is none because deflated data begin. */
  private headerSize(bytes: Buffer, at: number): number {
    if (this.atMetaLevel() && !this.staysInMeta(bytes, at)) return 0;
    if (!this.encoding.explicitVr || this.walk.active || this.stack.inSequence) return SHORT_HEADER;
    const form = lengthForm((bytes[at + 4]! << 8) | bytes[at + 5]!);
    if (form === LengthForm.short) return SHORT_HEADER;
    if (form === LengthForm.long) return LONG_HEADER;
    const tag = tagAt(bytes, at, this.encoding.littleEndian);
    if (tag >>> 16 === 0xfffe || (tag === 0 && this.stack.height === 0)) return SHORT_HEADER;
    if (form === LengthForm.none) this.fail('malformed', 'Two capital letters of a value representation must follow the tag (PS3.5 §7.1.2)', tag);
    const reserved = bytes[at + 6]! | bytes[at + 7]!;
    return reserved === 0 ? LONG_HEADER : SHORT_HEADER;
  }

  /**
   * File Meta goes on as long as the group is 0002, whatever (0002,0000) says; at the first other group the encoding of the
   * data set is settled (PS3.10 §7.1). False when deflated data begin instead.
   */
  private staysInMeta(bytes: Buffer, at: number): boolean {
    if (!this.inflated && bytes[at] === 2 && bytes[at + 1] === 0) {
      if (!this.meta.present) this.encoding = visibleEncoding(bytes, at, undefined, false) ?? this.fail('not-dicom', 'The file does not begin with a data element');
      this.meta.present = true;
      return true;
    }
    if (!this.inflated && this.meta.deflates) {
      this.deflatedBegins = true;
      return false;
    }
    const visible = visibleEncoding(bytes, at, declaredEncoding(this.meta.transferSyntaxUid), this.meta.present);
    if (!visible && this.meta.present) this.fail('malformed', 'The data set does not begin with a data element of any encoding');
    this.encoding = visible ?? this.fail('not-dicom', 'The bytes are neither File Meta Information nor a data element');
    this.dataSetEncoding = this.encoding;
    this.inMeta = false;
    return true;
  }

  private readHeader(bytes: Buffer, at: number, size: number): void {
    const tag = tagAt(bytes, at, this.encoding.littleEndian);
    if (this.offset + size > this.stack.bound) this.fail('malformed', 'A header runs past the end of the sequence or item around it', tag);
    if (this.walk.active) this.readFragmentHeader(tag, uint32At(bytes, at + 4, this.encoding.littleEndian));
    else if (this.stack.inSequence) this.readItemHeader(tag, uint32At(bytes, at + 4, this.encoding.littleEndian));
    else if (tag >>> 16 === 0xfffe) this.readDelimiter(tag);
    else this.readElementHeader(tag, bytes, at, size);
  }

  private readElementHeader(tag: number, bytes: Buffer, at: number, size: number): void {
    const { explicitVr, littleEndian } = this.encoding;
    let vr: number;
    let length: number;
    if (explicitVr) {
      vr = (bytes[at + 4]! << 8) | bytes[at + 5]!;
      length = size === LONG_HEADER ? uint32At(bytes, at + 8, littleEndian) : uint16At(bytes, at + 6, littleEndian);
      if (!isKnownVr(vr)) {
        if (tag === 0 && lengthForm(vr) === LengthForm.none) return this.beginZeroTail(bytes, at, size);
        if (lengthForm(vr) !== LengthForm.future) vr = UN;
      }
    } else {
      length = uint32At(bytes, at + 4, littleEndian);
      if (tag === 0 && length === 0 && this.stack.height === 0) return this.beginZeroTail(bytes, at, size);
      vr = vrOfTag(tag);
    }
    if (this.rootStarts && this.stack.height === 0) this.rootStarts.push(this.offset);
    this.offset += size;
    if (length === UNDEFINED && (size === LONG_HEADER || !explicitVr)) return this.readUndefinedLength(tag, vr);
    if (length > this.stack.bound - this.offset) this.fail('malformed', `A value of ${length} bytes runs past the end of the sequence or item around it`, tag);
    if (vr === SQ) this.openSequence(tag, this.offset + length, this.encoding);
    else this.beginValue(tag, vr, length);
  }

  /** Undefined lengths: sequences, UN as an implicit VR sequence (PS3.5 §6.2.2 note 2), encapsulated data (§A.4); nothing else (§7.1.2). */
  private readUndefinedLength(tag: number, vr: number): void {
    if (vr === OB || vr === OW || (tag === PIXEL_DATA && vr === UN)) this.beginWalk(tag, vr);
    else if (vr === SQ) this.openSequence(tag, Infinity, this.encoding);
    else if (vr === UN) this.openSequence(tag, Infinity, implicitLittle);
    else this.fail('malformed', `Undefined length is allowed for SQ, UN, OB and OW, not for ${vrName(vr)} (PS3.5 §7.1.2)`, tag);
  }

  // ---- sequences (PS3.5 §7.5) ----------------------------------------------------------------------------------------

  private openSequence(tag: number, end: number, inside: DataSetEncoding): void {
    if (this.stack.height >= 2 * this.limits.depth) this.fail('limit-exceeded', `Sequences lie more than ${this.limits.depth} deep`, tag);
    this.addRow(tag, SQ, 0, NOT_KEPT);
    this.stack.open(this.row, end, this.encoding);
    this.encoding = inside;
    this.closeFinished();
  }

  private readItemHeader(tag: number, length: number): void {
    if (tag === SEQUENCE_DELIMITER && this.stack.end === Infinity) return this.closeAtDelimiter();
    if (tag === ITEM_TAG) {
      this.offset += SHORT_HEADER;
      if (length !== UNDEFINED && length > this.stack.bound - this.offset) this.fail('malformed', `An item of ${length} bytes runs past the end of its sequence`, this.columns.tags[this.stack.row]);
      this.addRow(ITEM_TAG, 0, 0, NOT_KEPT);
      this.stack.open(this.row, length === UNDEFINED ? Infinity : this.offset + length, this.encoding);
    } else if (tag === SEQUENCE_DELIMITER || tag === ITEM_DELIMITER) {
      this.offset += SHORT_HEADER; // superfluous beside a defined length, but written by some
    } else {
      this.fail('malformed', `An Item or a Sequence Delimitation Item must stand here, not ${tagText(tag)}`, this.columns.tags[this.stack.row]);
    }
    this.closeFinished();
  }

  private readDelimiter(tag: number): void {
    if (tag !== ITEM_DELIMITER || this.stack.height === 0) this.fail('malformed', `${tagText(tag)} may not stand between the elements of a data set`);
    if (this.stack.end === Infinity) return this.closeAtDelimiter();
    this.offset += SHORT_HEADER;
    this.closeFinished();
  }

  private closeAtDelimiter(): void {
    this.closeContainer();
    this.offset += SHORT_HEADER;
    this.closeFinished();
  }

  private closeFinished(): void {
    while (this.stack.end === this.offset) this.closeContainer();
  }

  private closeContainer(): void {
    this.columns.close(this.stack.row, this.offset);
    this.encoding = this.stack.close();
  }

  // ---- encapsulated data (PS3.5 §A.4) --------------------------------------------------------------------------------

  private beginWalk(tag: number, vr: number): void {
    const isPixelData = this.stack.height === 0 && this.notePixelData(tag, vr, 0, true);
    this.addRow(tag, vr, 0, NOT_KEPT);
    if (this.stack.height > 0) this.noteIcon();
    this.walk.begin(this.row, tag, isPixelData);
  }

  private noteIcon(): void {
    this.icons.sequences.add(this.stack.sequenceRow);
    this.icons.roots.add(this.stack.rootRow);
  }

  private readFragmentHeader(tag: number, length: number): void {
    if (tag === SEQUENCE_DELIMITER) return this.endWalk();
    const item = this.walk.nextItem(tag, length, this.offset + SHORT_HEADER, this.stack.bound);
    this.offset += SHORT_HEADER;
    this.left = length;
    this.sink = Sink.none;
    if (this.walk.isPixelData && item === 'offset table') {
      this.sink = Sink.offsetTable;
      this.spend(length, PIXEL_DATA);
    } else if (this.walk.isPixelData) {
      this.sink = Sink.fragment;
      this.fragments.add(this.offset, length, PIXEL_DATA);
    }
  }

  private endWalk(): void {
    this.columns.lengths[this.walk.row] = this.offset - this.columns.valueOffsets[this.walk.row]!;
    this.offset += SHORT_HEADER;
    if (this.walk.isPixelData && this.pixelData) this.pixelData = { ...this.pixelData, length: this.offset - this.pixelData.offset };
    this.walk.end();
    this.closeFinished();
  }

  /** Remembers the first Pixel Data of depth 0; false when the element is not that. */
  private notePixelData(tag: number, vr: number, length: number, encapsulated: boolean): boolean {
    if (!isPixelData(tag)) return false;
    if (this.pixelData?.tag === tag) this.fail('malformed', 'Pixel Data occurs twice', tag);
    if (this.pixelData) return false;
    this.pixelData = { tag, vr: vrName(vr), offset: this.offset, length, encapsulated };
    return true;
  }

  // ---- values --------------------------------------------------------------------------------------------------------

  private beginValue(tag: number, vr: number, length: number): void {
    const isPixels = this.stack.height === 0 && isPixelData(tag);
    if (isPixels) this.notePixelData(tag, vr, length, false);
    if (!isPixels && length <= this.limits.keptValueBytes) {
      this.spend(length, tag);
      this.addRow(tag, vr, length, this.kept.length);
      this.sink = Sink.keep;
    } else {
      this.addRow(tag, vr, length, NOT_KEPT);
      this.sink = Sink.none;
    }
    this.left = length;
    if (length === 0) this.closeFinished();
  }

  private passValue(chunk: Buffer, at: number, end: number): number {
    const behind = Math.min(end, at + this.left);
    if (this.sink === Sink.keep) this.kept.append(chunk, at, behind);
    else if (this.sink === Sink.fragment) this.fragments.pass(chunk, at, behind, this.left);
    else if (this.sink === Sink.offsetTable) this.fragments.passOffsetTable(chunk, at, behind);
    this.offset += behind - at;
    this.left -= behind - at;
    if (this.left === 0) this.finishValue();
    return behind;
  }

  private finishValue(): void {
    if (this.walk.active) return;
    if (this.sink === Sink.keep) {
      if (this.atMetaLevel()) this.meta.learn(this.columns.tags[this.row]!, this.newestKept(), this.offset);
      // Inside a UN of a big endian file values are little endian (PS3.5 §6.2.2); `kept` has one byte order.
      else if (this.encoding.littleEndian !== this.dataSetEncoding.littleEndian) swapBytes(this.newestKept(), swapWidth(this.columns.vrs[this.row]!));
    }
    this.closeFinished();
  }

  private newestKept(): Buffer {
    return this.kept.view(this.columns.kept[this.row]!);
  }

  /** Directly in the File Meta: a sequence in it, which no standard has, is read like any other. */
  private atMetaLevel(): boolean {
    return this.inMeta && this.stack.height === 0 && !this.walk.active;
  }

  // ---- zeros behind the last element ---------------------------------------------------------------------------------

  /** (0000,0000) with no VR and no length is no element: some writers fill the file up with zeros. */
  private beginZeroTail(bytes: Buffer, at: number, size: number): void {
    this.zeroTail = true;
    this.zerosBegin = this.offset;
    this.passZeros(bytes, at, at + size);
  }

  private passZeros(bytes: Buffer, start: number, end: number): number {
    for (let at = start; at < end; at++, this.offset++) {
      if (bytes[at] !== 0) this.fail('malformed', 'Bytes follow the zeros behind the last element');
    }
    return end;
  }

  // ---- small ---------------------------------------------------------------------------------------------------------

  private addRow(tag: number, vr: number, length: number, kept: number): void {
    if (this.columns.count >= this.limits.elements) this.fail('limit-exceeded', `The file has more than ${this.limits.elements} elements and items`, tag);
    this.row = this.columns.add(tag, vr, this.stack.height, this.offset, length, kept);
  }

  /** Counts bytes that are to be held, before they are. */
  private spend(bytes: number, tag: number): void {
    if (this.kept.length + this.fragments.offsetTableBytes + bytes > this.limits.headerBytes) this.fail('limit-exceeded', `The values beside Pixel Data need more than ${this.limits.headerBytes} bytes`, tag);
  }

  private fail(code: DicomParseCode, text: string, tag?: number): never {
    throw new DicomParseError(code, text, this.offset, tag);
  }
}

/** Pixel Data, Float and Double Float Pixel Data (PS3.3 §C.7.6.24, §C.7.6.25). */
function isPixelData(tag: number): boolean {
  return tag === PIXEL_DATA || tag === 0x7fe00008 || tag === 0x7fe00009;
}
