import { DicomParseError } from './dicom-parse-error.js';
import { GrowingBytes } from './growing-bytes.js';

/** Bytes remembered of each fragment: its first four and its last two. */
export const EDGE_BYTES = 6;
const HEAD = 4;
const TAIL = 2;
const FIRST_FRAGMENTS = 16;

/** The items of encapsulated Pixel Data (PS3.5 §A.4): where they lie and how they begin and end, none of their other bytes. */
export class FragmentList {
  count = 0;
  private ranges = new Float64Array(2 * FIRST_FRAGMENTS);
  private edgeBytes = new Uint8Array(EDGE_BYTES * FIRST_FRAGMENTS);
  private readonly table = new GrowingBytes(64);
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  add(valueOffset: number, length: number, tag: number): void {
    if (this.count === this.limit) throw new DicomParseError('limit-exceeded', `Pixel Data has more than ${this.limit} fragments`, valueOffset, tag);
    if (2 * this.count === this.ranges.length) this.grow();
    this.ranges[2 * this.count] = valueOffset;
    this.ranges[2 * this.count + 1] = length;
    this.count++;
  }

  /** Bytes [start, end) of the chunk are the newest fragment's, of which `left` were still to come. */
  pass(chunk: Buffer, start: number, end: number, left: number): void {
    const length = this.ranges[2 * this.count - 1]!;
    const seen = length - left;
    const taken = end - start;
    const edge = EDGE_BYTES * (this.count - 1);
    for (let i = seen; i < HEAD && i < seen + taken; i++) this.edgeBytes[edge + i] = chunk[start + i - seen]!;
    for (let i = Math.max(seen, length - TAIL); i < seen + taken; i++) this.edgeBytes[edge + HEAD + i - (length - TAIL)] = chunk[start + i - seen]!;
  }

  passOffsetTable(chunk: Buffer, start: number, end: number): void {
    this.table.append(chunk, start, end);
  }

  get offsetTableBytes(): number {
    return this.table.length;
  }

  get fragments(): Float64Array {
    return this.ranges.subarray(0, 2 * this.count);
  }

  get edges(): Uint8Array {
    return this.edgeBytes.subarray(0, EDGE_BYTES * this.count);
  }

  /** The Basic Offset Table; bytes beyond a multiple of four are no entry. */
  get basicOffsetTable(): Uint32Array {
    const bytes = this.table.view();
    return Uint32Array.from({ length: Math.floor(bytes.length / 4) }, (_, entry) => bytes.readUInt32LE(4 * entry));
  }

  private grow(): void {
    const { ranges, edgeBytes } = this;
    (this.ranges = new Float64Array(2 * ranges.length)).set(ranges);
    (this.edgeBytes = new Uint8Array(2 * edgeBytes.length)).set(edgeBytes);
  }
}
