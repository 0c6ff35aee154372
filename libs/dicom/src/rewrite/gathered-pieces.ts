import { swapBytes } from '../scan/byte-order.js';
import { lengthForm, LengthForm } from '../scan/value-representations.js';
import type { Piece } from './plan-rewrite.js';

const CHUNK_BYTES = 64 * 1024;

type Range = Exclude<Piece, Buffer>;

/**
 * Pieces of a file in little endian byte order: elements are gathered into chunks of some 64 KiB, since headers are too many for a
 * buffer each, and ranges that meet are one. Whoever writes hands on what `makeRoom`, `copy` and at the end `take` give.
 */
export class GatheredPieces {
  private readonly chunkBytes: number;
  private bytes: Buffer = Buffer.alloc(0);
  private length = 0;
  /** Only while no bytes are gathered. */
  private range: Range | undefined;

  /** @param expected bytes that are going to be written: no chunk is larger than they need */
  constructor(expected: number) {
    this.chunkBytes = Math.min(CHUNK_BYTES, expected);
  }

  /** To be called before so many bytes are written. */
  makeRoom(bytes: number): Piece | undefined {
    const { range } = this;
    this.range = undefined;
    if (this.length + bytes <= this.bytes.length) return range;
    const full = range ?? this.take();
    this.bytes = Buffer.allocUnsafe(Math.max(this.chunkBytes, bytes));
    return full;
  }

  /** A range of the source. */
  copy(from: number, end: number, swap: Range['swap'] = 1): Piece | undefined {
    if (this.range?.end === from && this.range.swap === undefined && swap === 1) {
      this.range = { from: this.range.from, end };
      return undefined;
    }
    const before = this.take();
    this.range = { from, end, ...(swap > 1 && { swap }) };
    return before;
  }

  take(): Piece | undefined {
    const { range } = this;
    this.range = undefined;
    if (this.length === 0) return range;
    const taken = this.bytes.subarray(0, this.length);
    this.bytes = this.bytes.subarray(this.length);
    this.length = 0;
    return taken;
  }

  /** The header of an element (PS3.5 §7.1.2, §7.1.3): at most 12 bytes. */
  addHeader(tag: number, vr: number, length: number, explicitVr: boolean): void {
    const { bytes } = this;
    const isShort = explicitVr && lengthForm(vr) === LengthForm.short;
    let at = this.length;
    bytes[at++] = tag >>> 16;
    bytes[at++] = tag >>> 24;
    bytes[at++] = tag;
    bytes[at++] = tag >>> 8;
    if (explicitVr) {
      bytes[at++] = vr >>> 8;
      bytes[at++] = vr;
      bytes[at++] = isShort ? length : 0;
      bytes[at++] = isShort ? length >>> 8 : 0;
    }
    this.length = isShort ? at : bytes.writeUInt32LE(length, at);
  }

  /** Of an item or delimiter, which have no VR: 8 bytes. */
  addItemHeader(tag: number, length: number): void {
    this.addHeader(tag, 0, length, false);
  }

  /** @param swap width of its words, which are turned around */
  addBytes(source: Buffer, from = 0, end = source.length, swap: 1 | 2 | 4 | 8 = 1): void {
    const behind = this.length + source.copy(this.bytes, this.length, from, end);
    if (swap > 1) swapBytes(this.bytes.subarray(this.length, behind), swap);
    this.length = behind;
  }
}
