import { vrCode } from '../element-table.js';

/** How the length of an explicit VR element stands in its header (PS3.5 §7.1.2). */
export const LengthForm = { none: 0, short: 1, long: 2, future: 3 } as const;

export const SQ = vrCode('SQ');
export const UN = vrCode('UN');
export const OB = vrCode('OB');
export const OW = vrCode('OW');

/** PS3.5 table 7.1-2: two bytes of length. */
const SHORT = ['AE', 'AS', 'AT', 'CS', 'DA', 'DS', 'DT', 'FD', 'FL', 'IS', 'LO', 'LT', 'PN', 'SH', 'SL', 'SS', 'ST', 'TM', 'UI', 'UL', 'US'];
/** PS3.5 table 7.1-1: two reserved bytes, four bytes of length. */
const LONG = ['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV'];

const forms = buildForms();

/** The length form of a VR code; `none` when the two bytes cannot be a VR at all. */
export function lengthForm(vr: number): number {
  return forms[vr]!;
}

export function isKnownVr(vr: number): boolean {
  const form = forms[vr]!;
  return (form === LengthForm.short && isUpperCase(vr >> 8) && isUpperCase(vr & 0xff)) || form === LengthForm.long;
}

function isUpperCase(byte: number): boolean {
  return byte >= 0x41 && byte <= 0x5a;
}

/**
 * Unknown pairs of capital letters are VRs of a later edition, which all have the long form (PS3.5 §6.2). Other printable
 * pairs ('??', '--') come from old writers, which gave them the short form.
 */
function buildForms(): Uint8Array {
  const table = new Uint8Array(0x10000);
  for (let first = 0x20; first < 0x7f; first++) {
    for (let second = 0x20; second < 0x7f; second++) {
      table[(first << 8) | second] = isUpperCase(first) && isUpperCase(second) ? LengthForm.future : LengthForm.short;
    }
  }
  for (const vr of SHORT) table[vrCode(vr)] = LengthForm.short;
  for (const vr of LONG) table[vrCode(vr)] = LengthForm.long;
  return table;
}

/** Bytes of one number of this VR, 1 for text and bytes: what must be swapped between byte orders (PS3.5 §7.3). */
export function swapWidth(vr: number): 1 | 2 | 4 | 8 {
  return widths.get(vr) ?? 1;
}

const widths = new Map<number, 2 | 4 | 8>([
  ...(['AT', 'OW', 'SS', 'US'] as const).map((vr) => [vrCode(vr), 2] as const),
  ...(['FL', 'OF', 'OL', 'SL', 'UL'] as const).map((vr) => [vrCode(vr), 4] as const),
  ...(['FD', 'OD', 'OV', 'SV', 'UV'] as const).map((vr) => [vrCode(vr), 8] as const),
]);
