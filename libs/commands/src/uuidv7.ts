import { randomFillSync } from 'node:crypto';

let time = 0;
let counter = 0;
/** Random bytes are got many at a time: the call costs more than the bytes. */
const pool = Buffer.alloc(4096);
let used = pool.length;

function random(bytes: number): Buffer {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.subarray(used - bytes, used);
}

/** UUIDv7 (RFC 9562 §5.7, method 1 with a 12-bit counter): ordered by time, strictly increasing within one process. */
export function uuidv7(): string {
  const now = Date.now();
  if (now > time) {
    time = now;
    counter = random(2).readUInt16BE() & 0x7ff;
  } else if (++counter > 0xfff) {
    time += 1;
    counter = 0;
  }
  const last = random(8);
  last[0] = (last[0]! & 0x3f) | 0x80;
  const head = time.toString(16).padStart(12, '0');
  const tail = last.toString('hex');
  return `${head.slice(0, 8)}-${head.slice(8)}-7${counter.toString(16).padStart(3, '0')}-${tail.slice(0, 4)}-${tail.slice(4)}`;
}
