import { type ElementTable } from '../element-table.js';

const FIRST_ROWS = 256;

/** The `ElementTable` while it grows: columns double, no object per row. */
export class ElementColumns implements ElementTable {
  count = 0;
  tags = new Uint32Array(FIRST_ROWS);
  vrs = new Uint16Array(FIRST_ROWS);
  depths = new Uint8Array(FIRST_ROWS);
  valueOffsets = new Float64Array(FIRST_ROWS);
  lengths = new Float64Array(FIRST_ROWS);
  kept = new Int32Array(FIRST_ROWS);
  ends = new Uint32Array(FIRST_ROWS);

  /** Appends a row without descendants and gives its index. */
  add(tag: number, vr: number, depth: number, valueOffset: number, length: number, kept: number): number {
    const row = this.count;
    if (row === this.tags.length) this.grow(row * 2);
    this.tags[row] = tag;
    this.vrs[row] = vr;
    this.depths[row] = depth;
    this.valueOffsets[row] = valueOffset;
    this.lengths[row] = length;
    this.kept[row] = kept;
    this.ends[row] = row + 1;
    this.count = row + 1;
    return row;
  }

  /** Closes a sequence or item at `endOffset`: everything added since is its descendant. */
  close(row: number, endOffset: number): void {
    this.lengths[row] = endOffset - this.valueOffsets[row]!;
    this.ends[row] = this.count;
  }

  private grow(rows: number): void {
    const { tags, vrs, depths, valueOffsets, lengths, kept, ends } = this;
    (this.tags = new Uint32Array(rows)).set(tags);
    (this.vrs = new Uint16Array(rows)).set(vrs);
    (this.depths = new Uint8Array(rows)).set(depths);
    (this.valueOffsets = new Float64Array(rows)).set(valueOffsets);
    (this.lengths = new Float64Array(rows)).set(lengths);
    (this.kept = new Int32Array(rows)).set(kept);
    (this.ends = new Uint32Array(rows)).set(ends);
  }
}
