import { vrCode } from '../element-table.js';

/** How the value of a VR is written as JSON (PS3.18 table F.2.3-1). */
export const BINARY = 0;
export const TEXT = 1;
/** Text in which a backslash is text: LT, ST, UR, UT. */
export const ONE_TEXT = 2;
export const NAME = 3;
export const NUMBER_STRING = 4;
export const NUMBER = 5;
export const TAG = 6;
export const SEQUENCE = 7;

const kinds = new Uint8Array(0x10000);
const widths = new Uint8Array(0x10000).fill(1);
const encoded = new Uint8Array(0x10000);
const known = new Uint8Array(0x10000);
const trimmed = new Uint8Array(0x10000);

const define = (names: string, kind: number, width = 1): void => {
  for (const name of names.split(' ')) {
    kinds[vrCode(name)] = kind;
    widths[vrCode(name)] = width;
    known[vrCode(name)] = 1;
  }
};
define('AE AS CS DA DT LO SH TM UC UI', TEXT);
define('LT ST UR UT', ONE_TEXT);
define('PN', NAME);
define('DS IS', NUMBER_STRING);
define('AT', TAG, 4);
define('SQ', SEQUENCE);
define('US SS', NUMBER, 2);
define('UL SL FL', NUMBER, 4);
define('FD SV UV', NUMBER, 8);
define('OB UN', BINARY);
define('OW', BINARY, 2);
define('OF OL', BINARY, 4);
define('OD OV', BINARY, 8);
for (const name of ['LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT']) encoded[vrCode(name)] = 1;
for (const name of ['AE', 'CS', 'DS', 'IS']) trimmed[vrCode(name)] = 1;

export function kindOf(vr: number): number {
  return kinds[vr] as number;
}

/** Bytes of one number; the unit in which the byte order of the file shows. */
export function widthOf(vr: number): number {
  return widths[vr] as number;
}

export function isKnownVr(vr: number): boolean {
  return known[vr] === 1;
}

/** Whether Specific Character Set applies (PS3.5 §6.1.2.2). */
export function isEncodedText(vr: number): boolean {
  return encoded[vr] === 1;
}

/** Whether leading spaces mean nothing (PS3.5 table 6.2-1). */
export function hasLeadingPadding(vr: number): boolean {
  return trimmed[vr] === 1;
}
