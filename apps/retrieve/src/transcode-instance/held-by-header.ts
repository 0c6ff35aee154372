import { DEFLATED, type FoundInstance } from '@isocenter/stored-instances';

/** Of a longer header more is held than what every answer has. */
const LARGE_HEADER_BYTES = 1024 * 1024;
/** The scanner keeps no value that is longer. */
const KEPT_VALUE_BYTES = 64 * 1024;
/** What a scan holds for a byte of a header of small elements, rows of its table and values (`Part10Scanner.heldBytes`). */
const HELD_A_BYTE = 4;
/** Of a deflated file only its JSON tells how large it is: an empty item, of which the table has a row too, is three bytes there. */
const HELD_A_JSON_BYTE = 12;
/** More is what no scan holds (`ScanLimits`). */
const MAX_HELD_BYTES = 100 * 1024 * 1024;

/** Bytes that are held of a large header from when it is scanned until its client has read it; 0 for one of ordinary length. */
export function heldByHeader({ row, bulk, jsonBytes }: Pick<FoundInstance, 'row' | 'bulk' | 'jsonBytes'>): number {
  const header = bulk.reduce((left, { length }) => (length > KEPT_VALUE_BYTES ? left - length : left), row.size);
  const held = row.transferSyntax === DEFLATED ? HELD_A_JSON_BYTE * jsonBytes : HELD_A_BYTE * header;
  return held <= HELD_A_BYTE * LARGE_HEADER_BYTES ? 0 : Math.min(held, MAX_HELD_BYTES);
}
