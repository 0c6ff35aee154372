import { isUtf8 } from 'node:buffer';

import { vrCode } from '../element-table.js';
import { isEncodedText } from '../json/value-kinds.js';
import { type CharacterSet } from './character-set.js';

const UI = vrCode('UI');
const SPACE = 0x20;

/**
 * One text value at a time as UTF-8 bytes `[start, end)` of `bytes`, without a copy where the file's bytes are UTF-8
 * already. Trailing spaces are padding and gone; trailing nulls are kept, but for UI and where there is nothing else,
 * because the v2 conformance page returns null padding as it was stored.
 */
export class TextValue {
  bytes: Buffer = Buffer.alloc(0);
  start = 0;
  end = 0;

  read(source: Buffer, offset: number, length: number, vr: number, characterSet: CharacterSet): void {
    this.bytes = source;
    this.start = offset;
    this.end = withoutSpaces(source, offset, offset + length);
    if (vr === UI || contentEnd(source, offset, this.end) === offset) this.end = contentEnd(source, offset, this.end);
    for (let i = offset; i < this.end; i++) {
      const byte = source[i] as number;
      if (byte >= 0x80 || byte === 0x1b) return this.decode(vr, characterSet);
    }
  }

  private decode(vr: number, characterSet: CharacterSet): void {
    const raw = this.bytes.subarray(this.start, this.end);
    if (characterSet.isUtf8 && isUtf8(raw)) return;
    const text = isEncodedText(vr) ? characterSet.decode(raw, String.fromCharCode(vr >> 8, vr & 0xff)) : raw.toString('latin1');
    this.bytes = Buffer.from(text, 'utf8');
    this.start = 0;
    this.end = this.bytes.length;
  }
}

/** Where the value ends without trailing spaces. */
export function withoutSpaces(bytes: Buffer, start: number, end: number): number {
  let stop = end;
  while (stop > start && bytes[stop - 1] === SPACE) stop--;
  return stop;
}

/** Where the value ends without any padding, spaces or nulls. */
export function contentEnd(bytes: Buffer, start: number, end: number): number {
  let stop = end;
  while (stop > start && (bytes[stop - 1] === SPACE || bytes[stop - 1] === 0)) stop--;
  return stop;
}
