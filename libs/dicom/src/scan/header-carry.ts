/** The bytes of an element header that lies across the end of a chunk. */
export class HeaderCarry {
  readonly bytes: Buffer;
  length = 0;

  constructor(longest: number) {
    this.bytes = Buffer.alloc(longest);
  }

  /** Takes from the chunk until `size` bytes are there, and gives the index behind what it took. */
  fill(size: number, chunk: Buffer, start: number, end: number): number {
    let at = start;
    while (this.length < size && at < end) this.bytes[this.length++] = chunk[at++]!;
    return at;
  }

  /** Empties the carry; the bytes stay until the next `fill`. */
  take(): Buffer {
    const taken = this.bytes.subarray(0, this.length);
    this.length = 0;
    return taken;
  }

  isZero(): boolean {
    return this.bytes.subarray(0, this.length).every((byte) => byte === 0);
  }
}
