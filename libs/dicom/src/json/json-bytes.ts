const HEX = Buffer.from('0123456789ABCDEF');
const ESCAPES: Readonly<Record<number, number>> = { 8: 0x62, 9: 0x74, 10: 0x6e, 12: 0x66, 13: 0x72 };
/** A larger buffer than this is not kept between files. */
const MAX_SCRATCH = 4 * 1024 * 1024;

let scratch = Buffer.allocUnsafeSlow(256 * 1024);

/** UTF-8 JSON, written byte by byte into one buffer that is reused: one writer at a time, within one synchronous call. */
export class JsonBytes {
  at = 0;
  private bytes = scratch;

  /** A copy of what was written; the writer must not be used after it. */
  finish(): Buffer {
    const json = Buffer.allocUnsafeSlow(this.at);
    this.bytes.copy(json, 0, 0, this.at);
    if (this.bytes.length <= MAX_SCRATCH) scratch = this.bytes;
    return json;
  }

  byte(value: number): void {
    if (this.at === this.bytes.length) this.grow(1);
    this.bytes[this.at++] = value;
  }

  /** ASCII without characters to escape. */
  ascii(text: string): void {
    const { length } = text;
    if (this.at + length > this.bytes.length) this.grow(length);
    const { bytes } = this;
    let { at } = this;
    for (let i = 0; i < length; i++) bytes[at++] = text.charCodeAt(i);
    this.at = at;
  }

  /** `"ggggeeee":{"vr":"XX"`. */
  member(tag: number, vr: number): void {
    if (this.at + 21 > this.bytes.length) this.grow(21);
    const { bytes } = this;
    const { at } = this;
    bytes[at] = 0x22;
    for (let i = 0; i < 8; i++) bytes[at + 1 + i] = HEX[(tag >>> (28 - 4 * i)) & 15] as number;
    bytes[at + 9] = 0x22;
    bytes[at + 10] = 0x3a;
    bytes[at + 11] = 0x7b;
    bytes[at + 12] = 0x22;
    bytes[at + 13] = 0x76;
    bytes[at + 14] = 0x72;
    bytes[at + 15] = 0x22;
    bytes[at + 16] = 0x3a;
    bytes[at + 17] = 0x22;
    bytes[at + 18] = vr >> 8;
    bytes[at + 19] = vr & 0xff;
    bytes[at + 20] = 0x22;
    this.at = at + 21;
  }

  hex(value: number, digits: number): void {
    for (let shift = 4 * (digits - 1); shift >= 0; shift -= 4) this.byte(HEX[(value >>> shift) & 15] as number);
  }

  /** Bytes as they are. */
  copy(source: Buffer, start: number, end: number): void {
    const length = end - start;
    if (this.at + length > this.bytes.length) this.grow(length);
    const { bytes } = this;
    let { at } = this;
    if (length > 64) at += source.copy(bytes, at, start, end);
    else for (let i = start; i < end; i++) bytes[at++] = source[i] as number;
    this.at = at;
  }

  /** A JSON string of UTF-8 bytes, quotes included. */
  string(source: Buffer, start: number, end: number): void {
    const room = 6 * (end - start) + 2;
    if (this.at + room > this.bytes.length) this.grow(room);
    const { bytes } = this;
    let { at } = this;
    bytes[at++] = 0x22;
    for (let i = start; i < end; i++) {
      const value = source[i] as number;
      if (value >= 0x20 && value !== 0x22 && value !== 0x5c) {
        bytes[at++] = value;
        continue;
      }
      bytes[at++] = 0x5c;
      const short = value >= 0x20 ? value : ESCAPES[value];
      if (short !== undefined) {
        bytes[at++] = short;
        continue;
      }
      bytes[at++] = 0x75;
      bytes[at++] = 0x30;
      bytes[at++] = 0x30;
      bytes[at++] = HEX[value >> 4] as number;
      bytes[at++] = HEX[value & 15] as number;
    }
    bytes[at++] = 0x22;
    this.at = at;
  }

  integer(value: number): void {
    if (this.at + 20 > this.bytes.length) this.grow(20);
    const { bytes } = this;
    let rest = value;
    if (rest < 0) {
      bytes[this.at++] = 0x2d;
      rest = -rest;
    }
    let digits = 1;
    for (let limit = 10; rest >= limit; limit *= 10) digits++;
    for (let i = this.at + digits - 1; i >= this.at; i--) {
      bytes[i] = 0x30 + (rest % 10);
      rest = Math.floor(rest / 10);
    }
    this.at += digits;
  }

  base64(source: Buffer, start: number, end: number): void {
    const text = source.toString('base64', start, end);
    if (this.at + text.length > this.bytes.length) this.grow(text.length);
    this.at += this.bytes.write(text, this.at, 'latin1');
  }

  private grow(needed: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.bytes.length, this.at + needed));
    this.bytes.copy(larger, 0, 0, this.at);
    this.bytes = larger;
  }
}
