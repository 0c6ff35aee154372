import { isSignedOrUnsigned } from '../dictionary/vr-of-tag.js';
import { ITEM_TAG, NOT_KEPT, vrCode } from '../element-table.js';
import type { ScannedPart10 } from '../scan/scanned-part10.js';
import { lengthForm, LengthForm, SQ, swapWidth, UN } from '../scan/value-representations.js';
import type { GatheredPieces } from './gathered-pieces.js';
import type { Piece } from './plan-rewrite.js';
import type { TranscodeTarget } from './plan-transcode.js';

const UNDEFINED = 0xffffffff;
const ITEM_DELIMITER = 0xfffee00d;
const SEQUENCE_DELIMITER = 0xfffee0dd;
/** Bytes of a header at most, and of a delimiter. */
const [HEADER, DELIMITER] = [12, 8] as const;
const SS = vrCode('SS');
const US = vrCode('US');
/** Bytes of a sample by its bits. */
const WORDS: ReadonlyMap<number, 2 | 4 | 8> = new Map([[16, 2], [32, 4], [64, 8]]);

/** Elements in another encoding. */
export class ElementWriter {
  private readonly scanned: ScannedPart10;
  private readonly target: TranscodeTarget;
  private readonly out: GatheredPieces;

  constructor(scanned: ScannedPart10, target: TranscodeTarget, out: GatheredPieces) {
    this.scanned = scanned;
    this.target = target;
    this.out = out;
  }

  /** The element of a row of the root, with all that is in it but group lengths and icons of fragments. Gives what is to be handed on. */
  *write(root: number): Generator<Piece, void, void> {
    const { out, target: { explicitVr }, scanned: { elements: { tags, vrs, ends, lengths, kept }, icons } } = this;
    const end = ends[root]!;
    /** Rows of the sequences and items that are open. */
    const open: number[] = [];
    for (let row = root; row < end || open.length > 0;) {
      const full = out.makeRoom(DELIMITER * open.length + HEADER + (row < end && kept[row] !== NOT_KEPT ? lengths[row]! : 0));
      if (full !== undefined) yield full;
      while (open.length > 0 && ends[open.at(-1)!]! <= row) out.addItemHeader(tags[open.pop()!] === ITEM_TAG ? ITEM_DELIMITER : SEQUENCE_DELIMITER, 0);
      if (row >= end) return;
      const tag = tags[row]!;
      if (row > root && ((tag & 0xffff) === 0 || icons.sequences.has(row))) {
        row = ends[row]!;
        continue;
      }
      if (tag === ITEM_TAG) out.addItemHeader(tag, UNDEFINED);
      else if (vrs[row] === SQ) out.addHeader(tag, SQ, UNDEFINED, explicitVr);
      else {
        const before = this.writeValue(row, tag, lengths[row]!, row === root);
        if (before !== undefined) yield before;
      }
      if (tag === ITEM_TAG || vrs[row] === SQ) open.push(row);
      row++;
    }
  }

  private writeValue(row: number, tag: number, length: number, isRoot: boolean): Piece | undefined {
    const { elements, kept, littleEndian, pixelData } = this.scanned;
    const vr = this.vrOf(tag, elements.vrs[row]!, length);
    const swap = littleEndian ? 1 : isRoot && tag === pixelData?.tag ? this.pixelWidth(vr) : swapWidth(elements.vrs[row]!);
    this.out.addHeader(tag, vr, length, this.target.explicitVr);
    const from = elements.kept[row]!;
    const offset = elements.valueOffsets[row]!;
    if (length === 0) return undefined;
    if (from === NOT_KEPT) return this.out.copy(offset, offset + length, swap);
    this.out.addBytes(kept, from, from + length, swap);
    return undefined;
  }

  /** US or SS as the image says; UN for what a short length does not hold (PS3.5 §6.2.2). */
  private vrOf(tag: number, vr: number, length: number): number {
    const meant = vr === US && !this.scanned.explicitVr && this.target.isSigned && isSignedOrUnsigned(tag) ? SS : vr;
    return this.target.explicitVr && length > 0xffff && lengthForm(meant) === LengthForm.short ? UN : meant;
  }

  /** Words of OW are turned even where samples are bytes; in OB nothing is (PS3.5 §7.3). */
  private pixelWidth(vr: number): 1 | 2 | 4 | 8 {
    return WORDS.get(this.target.bitsAllocated) ?? (swapWidth(vr) === 2 ? 2 : 1);
  }
}
