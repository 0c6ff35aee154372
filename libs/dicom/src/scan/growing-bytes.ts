/** Below this a loop beats the call into native code. */
const SHORT_COPY = 32;

/** Bytes gathered one after the other; doubles its buffer by what arrives, never by what a length field claims. */
export class GrowingBytes {
  length = 0;
  private bytes: Buffer;

  constructor(firstBytes: number) {
    this.bytes = Buffer.allocUnsafe(firstBytes);
  }

  append(source: Buffer, start: number, end: number): void {
    const length = end - start;
    if (this.length + length > this.bytes.length) this.grow(this.length + length);
    const { bytes } = this;
    let to = this.length;
    if (length <= SHORT_COPY) for (let from = start; from < end; from++, to++) bytes[to] = source[from]!;
    else source.copy(bytes, to, start, end);
    this.length += length;
  }

  /** The bytes so far; shares memory until the next append. */
  view(start = 0, end = this.length): Buffer {
    return this.bytes.subarray(start, end);
  }

  private grow(atLeast: number): void {
    const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, atLeast));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}
