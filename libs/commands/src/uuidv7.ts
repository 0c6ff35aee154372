import { randomBytes } from 'node:crypto';

let time = 0;
let counter = 0;

/** UUIDv7 (RFC 9562 §5.7, method 1 with a 12-bit counter): ordered by time, strictly increasing within one process. */
export function uuidv7(): string {
  const now = Date.now();
  if (now > time) {
    time = now;
    counter = randomBytes(2).readUInt16BE() & 0x7ff;
  } else if (++counter > 0xfff) {
    time += 1;
    counter = 0;
  }
  const random = randomBytes(8);
  random[0] = (random[0]! & 0x3f) | 0x80;
  const head = time.toString(16).padStart(12, '0');
  const tail = random.toString('hex');
  return `${head.slice(0, 8)}-${head.slice(8)}-7${counter.toString(16).padStart(3, '0')}-${tail.slice(0, 4)}-${tail.slice(4)}`;
}
