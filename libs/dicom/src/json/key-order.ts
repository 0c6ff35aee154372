import { type ElementTable, ITEM_TAG } from '../element-table.js';

/**
 * The table with the elements of each data set ascending by tag, of repeated tags the last: JSON has each key once, and
 * PS3.18 F.2.2 wants them in order. A table that is in order, as PS3.5 §7.1 wants it, is returned as it is.
 */
export function inKeyOrder(table: ElementTable): ElementTable {
  return isInKeyOrder(table) ? table : sorted(table);
}

function isInKeyOrder({ count, tags, depths }: ElementTable): boolean {
  const last = new Float64Array(257).fill(-1);
  for (let row = 0; row < count; row++) {
    const depth = depths[row] as number;
    const tag = tags[row] as number;
    if (tag !== ITEM_TAG && tag <= (last[depth] as number)) return false;
    last[depth] = tag;
    last[depth + 1] = -1;
  }
  return true;
}

function sorted(table: ElementTable): ElementTable {
  const order: number[] = [];
  const ends: number[] = [];
  addDataSet(table, 0, table.count, order, ends);
  const count = order.length;
  const pick = <T extends Uint32Array | Uint16Array | Uint8Array | Float64Array | Int32Array>(target: T, source: T): T => {
    for (let row = 0; row < count; row++) target[row] = source[order[row] as number] as number;
    return target;
  };
  return {
    count,
    tags: pick(new Uint32Array(count), table.tags),
    vrs: pick(new Uint16Array(count), table.vrs),
    depths: pick(new Uint8Array(count), table.depths),
    valueOffsets: pick(new Float64Array(count), table.valueOffsets),
    lengths: pick(new Float64Array(count), table.lengths),
    kept: pick(new Int32Array(count), table.kept),
    ends: Uint32Array.from(ends),
  };
}

/** Depth is at most 255, the table's own limit. */
function addDataSet(table: ElementTable, begin: number, end: number, order: number[], ends: number[]): void {
  const rowByTag = new Map<number, number>();
  for (let row = begin; row < end; row = table.ends[row] as number) rowByTag.set(table.tags[row] as number, row);
  for (const tag of Uint32Array.from(rowByTag.keys()).sort()) {
    const row = rowByTag.get(tag) as number;
    const at = order.push(row) - 1;
    const stop = table.ends[row] as number;
    for (let item = row + 1; item < stop; item = table.ends[item] as number) {
      const itemAt = order.push(item) - 1;
      addDataSet(table, item + 1, table.ends[item] as number, order, ends);
      ends[itemAt] = order.length;
    }
    ends[at] = order.length;
  }
}
