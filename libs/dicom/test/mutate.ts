/** A whole number from 0 up to, and without, the bound. */
export type Random = (bound: number) => number;

/** mulberry32: small, and the same on every machine. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  return (bound) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * bound);
  };
}

const vrs = ['SQ', 'UN', 'OB', 'OW', 'UT', 'US', 'CS', 'OV', '??', 'ZZ', '\0\0'];
const lengths = [0, 1, 2, 7, 8, 0xff, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];
const tags = [0xfffee000, 0xfffee00d, 0xfffee0dd, 0x7fe00010, 0x7fe00001, 0x00020010, 0x00020000, 0];

/** One to four changes of the kinds that uploads go wrong in, or are made to. */
export function mutate(original: Buffer, others: readonly Buffer[], random: Random): Buffer {
  let bytes: Buffer = Buffer.from(original);
  for (let changes = 1 + random(1 + random(4)); changes > 0 && bytes.length > 8; changes--) bytes = kinds[random(kinds.length)]!(bytes, random, others);
  return bytes;
}

const kinds: readonly ((bytes: Buffer, random: Random, others: readonly Buffer[]) => Buffer)[] = [
  function flipBit(bytes, random) {
    bytes[somewhere(bytes, random)]! ^= 1 << random(8);
    return bytes;
  },
  function forgeLength(bytes, random) {
    const length = lengths[random(lengths.length)]!;
    if (random(2) === 0) bytes.writeUInt32LE(length, random(bytes.length - 4));
    else bytes.writeUInt16LE(length & 0xffff, random(bytes.length - 2));
    return bytes;
  },
  function forgeTag(bytes, random) {
    const tag = tags[random(tags.length)]!;
    const at = random(bytes.length - 4);
    bytes.writeUInt16LE(tag >>> 16, at);
    bytes.writeUInt16LE(tag & 0xffff, at + 2);
    return bytes;
  },
  function forgeVr(bytes, random) {
    const found: number[] = [];
    for (let at = 0; at < bytes.length - 1; at++) if (isCapital(bytes[at]!) && isCapital(bytes[at + 1]!)) found.push(at);
    bytes.write(vrs[random(vrs.length)]!, found[random(found.length)] ?? 0, 'latin1');
    return bytes;
  },
  function truncate(bytes, random) {
    return bytes.subarray(0, random(bytes.length));
  },
  function duplicateRange(bytes, random) {
    const [start, end] = range(bytes, random);
    return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]);
  },
  function removeRange(bytes, random) {
    const [start, end] = range(bytes, random);
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
  },
  function graft(bytes, random, others) {
    const other = others[random(others.length)]!;
    return Buffer.concat([bytes.subarray(0, somewhere(bytes, random)), other.subarray(random(other.length))]);
  },
  function repeatRange(bytes, random) {
    const [start, end] = range(bytes, random);
    const piece = bytes.subarray(start, Math.min(end, start + 64));
    return Buffer.concat([bytes.subarray(0, start), ...Array.from({ length: random(200) }, () => piece), bytes.subarray(start)]);
  },
];

/** Mostly behind the preamble, where something is. */
function somewhere(bytes: Buffer, random: Random): number {
  const from = bytes.length > 140 && random(10) > 0 ? 128 : 0;
  return from + random(bytes.length - from);
}

function range(bytes: Buffer, random: Random): [number, number] {
  const start = somewhere(bytes, random);
  return [start, Math.min(bytes.length, start + 1 + random(random(2) === 0 ? 16 : 200))];
}

function isCapital(byte: number): boolean {
  return byte >= 0x41 && byte <= 0x5a;
}
