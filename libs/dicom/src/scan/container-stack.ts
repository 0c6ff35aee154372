import { type DataSetEncoding } from './data-set-encoding.js';

/** The sequences and items that are open, as columns: sequence, item, sequence, item … (PS3.5 §7.5). */
export class ContainerStack {
  height = 0;
  private readonly rows: Int32Array;
  private readonly ends: Float64Array;
  private readonly bounds: Float64Array;
  private readonly outer: (DataSetEncoding | undefined)[] = [];

  constructor(sequences: number) {
    this.rows = new Int32Array(2 * sequences);
    this.ends = new Float64Array(2 * sequences);
    this.bounds = new Float64Array(2 * sequences);
  }

  /** @param end offset behind the container, Infinity for an undefined length @param outer encoding to return to */
  open(row: number, end: number, outer: DataSetEncoding): void {
    const { height } = this;
    this.rows[height] = row;
    this.ends[height] = end;
    this.bounds[height] = Math.min(end, this.bound);
    this.outer[height] = outer;
    this.height = height + 1;
  }

  /** Closes the innermost container and gives the encoding around it. */
  close(): DataSetEncoding {
    this.height--;
    return this.outer[this.height]!;
  }

  /** Row of the innermost container; only while one is open. */
  get row(): number {
    return this.rows[this.height - 1]!;
  }

  /** Row of the sequence around the item that is innermost; only between the elements of an item. */
  get sequenceRow(): number {
    return this.rows[this.height - 2]!;
  }

  /** Row of the outermost container, which is a sequence of the root; only while one is open. */
  get rootRow(): number {
    return this.rows[0]!;
  }

  /** Where the innermost container ends by its own length; Infinity when a delimiter ends it, or none is open. */
  get end(): number {
    return this.height === 0 ? Infinity : this.ends[this.height - 1]!;
  }

  /** What nothing inside may pass: the smallest end of all open containers. */
  get bound(): number {
    return this.height === 0 ? Infinity : this.bounds[this.height - 1]!;
  }

  /** Whether items are expected next, and not elements. */
  get inSequence(): boolean {
    return (this.height & 1) === 1;
  }
}
