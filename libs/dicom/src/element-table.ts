/** FFFE,E000: an item of a sequence; a row of its own below its SQ row. */
export const ITEM_TAG = 0xfffee000;
/** `kept` of a row whose value was too long to be held: it is known by `valueOffset` and `length` only. */
export const NOT_KEPT = -1;

/**
 * The elements of a data set in the order in which they stand in the file, as parallel columns of numbers: a data set of a
 * million elements costs some 30 MB and no object per element (PS3.5 §7.1).
 *
 * A sequence is a row with VR SQ; its items follow as rows with tag FFFE,E000 one level deeper, and an item's elements one
 * level deeper again. `end` of any row is the index behind its last descendant, so that `row = end[row]` steps to the next
 * sibling. Delimiters are not rows. File Meta elements (group 0002) stand at the beginning, depth 0.
 */
export interface ElementTable {
  /** Rows in use; the columns may be longer. */
  readonly count: number;
  /** (group << 16 | element) >>> 0. */
  readonly tags: Uint32Array;
  /** Two ASCII letters, first letter in the high byte; for implicit VR from the dictionary, 'UN' where it knows none. */
  readonly vrs: Uint16Array;
  /** 0 at the root; see above. */
  readonly depths: Uint8Array;
  /** Offset of the value's first byte in the file (in a deflated data set: in the file as it would be uninflated: meta as stored, then the inflated data set). */
  readonly valueOffsets: Float64Array;
  /** Bytes of the value; for undefined lengths the bytes up to the delimiter. */
  readonly lengths: Float64Array;
  /** Offset of the value in `ScannedFile.kept`, or NOT_KEPT. SQ and item rows: NOT_KEPT. */
  readonly kept: Int32Array;
  /** Index behind the last descendant. */
  readonly ends: Uint32Array;
}

export function vrCode(vr: string): number {
  return (vr.charCodeAt(0) << 8) | vr.charCodeAt(1);
}

export function vrName(code: number): string {
  return String.fromCharCode(code >> 8, code & 0xff);
}

/** Where Pixel Data (7FE0,0010), Float (7FE0,0008) or Double Float Pixel Data (7FE0,0009) of depth 0 lies. */
export interface PixelDataRange {
  readonly tag: number;
  readonly vr: string;
  /** Offset of the value's first byte; encapsulated: of the Basic Offset Table's item header. */
  readonly offset: number;
  /** Bytes of the value; encapsulated: up to and with the sequence delimiter. */
  readonly length: number;
  readonly encapsulated: boolean;
}

/** What the scanner knows at the end of a file. */
export interface ScannedFile {
  /** Bytes seen. */
  readonly size: number;
  readonly hasPreamble: boolean;
  /** False when the file has no group 0002 at all: the syntax was guessed from the bytes. */
  readonly hasFileMeta: boolean;
  /** (0002,0010) without padding; '' when the file names none. */
  readonly transferSyntaxUid: string;
  readonly explicitVr: boolean;
  readonly littleEndian: boolean;
  readonly deflated: boolean;
  readonly elements: ElementTable;
  /** The values of at most 64 KiB, one after the other, in the byte order of the file. */
  readonly kept: Buffer;
  readonly pixelData: PixelDataRange | undefined;
  /** Fragments of encapsulated Pixel Data without the Basic Offset Table: offset of each item's value and its length, in pairs. */
  readonly fragments: Float64Array;
  /** Basic Offset Table as stored, empty when there is none. */
  readonly basicOffsetTable: Uint32Array;
}
