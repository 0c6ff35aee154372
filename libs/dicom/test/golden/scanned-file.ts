import { type ElementTable, ITEM_TAG, NOT_KEPT, type ScannedFile, vrCode } from '../../src/element-table.js';

export type Value = string | Buffer | readonly (readonly Element[])[];
/** Text is taken as Latin-1, without padding being added; an array is a sequence of items. */
export type Element = readonly [tag: number, vr: string, value: Value];

/** What the scanner would give for these elements, for tests that need no file. */
export function scannedFile(elements: readonly Element[], facts: Partial<ScannedFile> = {}): ScannedFile {
  const rows: number[][] = [];
  const values: Buffer[] = [];
  let at = 0;
  const add = (list: readonly Element[], depth: number): void => {
    for (const [tag, vr, value] of list) {
      const row = [tag, vrCode(vr), depth, 1000 + at, 0, NOT_KEPT, 0];
      rows.push(row);
      if (typeof value === 'string' || Buffer.isBuffer(value)) {
        const bytes = typeof value === 'string' ? Buffer.from(value, 'latin1') : value;
        row[4] = bytes.length;
        if (bytes.length <= 65536) {
          row[5] = at;
          values.push(bytes);
          at += bytes.length;
        }
      } else {
        for (const item of value) {
          const itemRow = [ITEM_TAG, 0, depth + 1, 1000 + at, 0, NOT_KEPT, 0];
          rows.push(itemRow);
          add(item, depth + 2);
          itemRow[6] = rows.length;
        }
      }
      row[6] = rows.length;
    }
  };
  add(elements, 0);
  const column = (index: number): number[] => rows.map((row) => row[index] ?? 0);
  const table: ElementTable = {
    count: rows.length, tags: Uint32Array.from(column(0)), vrs: Uint16Array.from(column(1)), depths: Uint8Array.from(column(2)),
    valueOffsets: Float64Array.from(column(3)), lengths: Float64Array.from(column(4)), kept: Int32Array.from(column(5)), ends: Uint32Array.from(column(6)),
  };
  return {
    size: 1000 + at, hasPreamble: true, hasFileMeta: true, transferSyntaxUid: '1.2.840.10008.1.2.1', explicitVr: true, littleEndian: true,
    deflated: false, elements: table, kept: Buffer.concat(values), pixelData: undefined, fragments: new Float64Array(0), basicOffsetTable: new Uint32Array(0),
    ...facts,
  };
}
