import { type EncapsulatedFrames, type FrameTable, type NativeFrames, unknownFrames } from './frame-table.js';

/*
 * Layout, little endian: version, kind, flags, 0; then
 *   unknown       why, UTF-8
 *   native        frames, offset, frameBits, strideBits, each a double
 *   encapsulated  frames and fragments as 32 bits, offset as a double, starts, firstFragments
 */
const VERSION = 1;
const Kind = { unknown: 0, native: 1, encapsulated: 2 } as const;
const Flag = { inflated: 1, wide: 2, grouped: 4 } as const;
const PREFIX = 4;
const NATIVE = PREFIX + 4 * 8;
const ENCAPSULATED = PREFIX + 2 * 4 + 8;

/** The table as it is stored with the instance: 36 bytes when native, some 4 bytes a fragment and a frame when encapsulated. */
export function encodeFrameTable(table: FrameTable): Buffer {
  switch (table.kind) {
    case 'unknown':
      return Buffer.concat([Buffer.of(VERSION, Kind.unknown, 0, 0), Buffer.from(table.why)]);
    case 'native':
      return encodeNative(table);
    case 'encapsulated':
      return encodeEncapsulated(table);
  }
}

/** Shares the memory of `bytes`. @throws RangeError when they are no frame table of a version known here */
export function decodeFrameTable(bytes: Buffer): FrameTable {
  if (bytes.length < PREFIX || bytes[0] !== VERSION) throw new RangeError(`No frame table of version ${VERSION}: first byte ${bytes[0]}, ${bytes.length} bytes.`);
  if (bytes[1] === Kind.unknown) return unknownFrames(bytes.toString('utf8', PREFIX));
  if (bytes[1] === Kind.native && bytes.length === NATIVE) return decodeNative(bytes);
  if (bytes[1] === Kind.encapsulated && bytes.length >= ENCAPSULATED) return decodeEncapsulated(bytes);
  throw new RangeError(`A frame table of kind ${bytes[1]} cannot have ${bytes.length} bytes.`);
}

function encodeNative(table: NativeFrames): Buffer {
  const bytes = Buffer.alloc(NATIVE);
  bytes.set([VERSION, Kind.native, table.inflated ? Flag.inflated : 0]);
  [table.frames, table.offset, table.frameBits, table.strideBits].forEach((value, index) => bytes.writeDoubleLE(value, PREFIX + 8 * index));
  return bytes;
}

function decodeNative(bytes: Buffer): NativeFrames {
  const [frames, offset, frameBits, strideBits] = [0, 1, 2, 3].map((index) => bytes.readDoubleLE(PREFIX + 8 * index)) as [number, number, number, number];
  return { kind: 'native', frames, offset, frameBits, strideBits, inflated: (bytes[2]! & Flag.inflated) !== 0 };
}

function encodeEncapsulated(table: EncapsulatedFrames): Buffer {
  const head = Buffer.alloc(ENCAPSULATED);
  const flags = (table.inflated ? Flag.inflated : 0) | (table.width === 6 ? Flag.wide : 0) | (table.firstFragments ? Flag.grouped : 0);
  head.set([VERSION, Kind.encapsulated, flags]);
  head.writeUInt32LE(table.frames, PREFIX);
  head.writeUInt32LE(table.fragments, PREFIX + 4);
  head.writeDoubleLE(table.offset, PREFIX + 8);
  return Buffer.concat([head, table.starts, table.firstFragments ?? Buffer.alloc(0)]);
}

function decodeEncapsulated(bytes: Buffer): EncapsulatedFrames {
  const flags = bytes[2]!;
  const frames = bytes.readUInt32LE(PREFIX);
  const fragments = bytes.readUInt32LE(PREFIX + 4);
  const width = (flags & Flag.wide) !== 0 ? 6 : 4;
  const startsEnd = ENCAPSULATED + width * (fragments + 1);
  const end = startsEnd + ((flags & Flag.grouped) !== 0 ? 4 * (frames + 1) : 0);
  if (bytes.length !== end) throw new RangeError(`A frame table of ${fragments} fragments must have ${end} bytes, not ${bytes.length}.`);
  return {
    kind: 'encapsulated', frames, offset: bytes.readDoubleLE(PREFIX + 8), fragments, width,
    starts: bytes.subarray(ENCAPSULATED, startsEnd),
    firstFragments: end > startsEnd ? bytes.subarray(startsEnd) : undefined,
    inflated: (flags & Flag.inflated) !== 0,
  };
}
