import { freeGiven } from '@isocenter/memory';
import { crc32 } from 'node:zlib';

/** Chunks below this are copied together once there are many of them, so that a part has no millions of buffers. */
const smallChunk = 4 * 1024;
const manyChunks = 64;
const slabBytes = 64 * 1024;

const empty = Buffer.alloc(0);

/** The bytes of a part, in the buffers in which they came. */
export class PartBytes {
  readonly chunks: Buffer[] = [];
  size = 0;
  #given: Buffer[] = [];
  #crc32 = 0;
  #slab = empty;
  /** The last chunk is `#slab` from `#from` to `#used`, while `#open`. */
  #from = 0;
  #used = 0;
  #open = false;

  /** CRC-32 (ISO 3309), four bytes in big-endian order, as S3 takes it. */
  get checksum(): string {
    const bytes = Buffer.allocUnsafe(4);
    bytes.writeUInt32BE(this.#crc32);
    return bytes.toString('base64');
  }

  /** `given` as in `ObjectWriter.write`. */
  add(chunk: Buffer, given = false): void {
    if (given) this.#given.push(chunk);
    this.#crc32 = crc32(chunk, this.#crc32);
    this.size += chunk.length;
    if (chunk.length < smallChunk && this.chunks.length >= manyChunks) return this.#copy(chunk);
    this.chunks.push(chunk);
    this.#open = false;
  }

  /** The server has the part: nobody looks at its bytes again. */
  free(): void {
    for (const chunk of this.#given) freeGiven(chunk);
    this.#given = [];
  }

  #copy(chunk: Buffer): void {
    if (this.#slab.length - this.#used < chunk.length) {
      this.#slab = Buffer.allocUnsafeSlow(slabBytes);
      this.#used = 0;
      this.#open = false;
    }
    if (!this.#open) {
      this.#open = true;
      this.#from = this.#used;
      this.chunks.push(empty);
    }
    chunk.copy(this.#slab, this.#used);
    this.#used += chunk.length;
    this.chunks[this.chunks.length - 1] = this.#slab.subarray(this.#from, this.#used);
  }
}
