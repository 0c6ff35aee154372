import { ImagingError } from '../imaging-error.js';

/** How the samples of a JPEG 2000 codestream are cut up: of all that COD and COC say, for all tiles and components, what gives the most parts (ISO 15444-1 §A.6.1). */
export interface J2kCodingStyle {
  readonly levels: number;
  readonly layers: number;
  /** Exponents of width and height. */
  readonly block: Exponents;
  /** Of precincts, the highest resolution first. */
  readonly precincts: readonly Exponents[];
}

export type Exponents = readonly [number, number];

const MOST_LEVELS = 32;
const WHOLE: Exponents = [15, 15];
const HAS_PRECINCTS = 1;

/** @param at where COD has Scod. @throws ImagingError `malformed` */
export function readCod(stream: Buffer, at: number): J2kCodingStyle {
  return readStyle(stream, { hasPrecincts: hasPrecincts(stream, at), layers: stream.readUInt16BE(at + 2), at: at + 5 });
}

/** @param at where COC has Scoc. @throws ImagingError `malformed` */
export function readCoc(stream: Buffer, at: number): J2kCodingStyle {
  return readStyle(stream, { hasPrecincts: hasPrecincts(stream, at), layers: 1, at: at + 1 });
}

/** What has at least as many parts as each of both. */
export function finest(a: J2kCodingStyle | undefined, b: J2kCodingStyle): J2kCodingStyle {
  if (a === undefined) return b;
  const levels = Math.max(a.levels, b.levels);
  const precincts = Array.from({ length: levels + 1 }, (_, down) => smaller(a.precincts[down] ?? WHOLE, b.precincts[down] ?? WHOLE));
  return { levels, layers: Math.max(a.layers, b.layers), block: smaller(a.block, b.block), precincts };
}

function readStyle(stream: Buffer, { hasPrecincts, layers, at }: { hasPrecincts: boolean; layers: number; at: number }): J2kCodingStyle {
  const levels = stream.readUInt8(at);
  if (levels > MOST_LEVELS) throw new ImagingError('malformed', `The JPEG 2000 codestream has ${levels} decomposition levels; there are at most ${MOST_LEVELS}.`);
  const exponent = (from: number): number => (stream.readUInt8(from) & 0xf) + 2;
  // From the lowest resolution on, so that they are turned round.
  const precincts = Array.from({ length: levels + 1 }, (_, down): Exponents => {
    if (!hasPrecincts) return WHOLE;
    const size = stream.readUInt8(at + 5 + levels - down);
    return [size & 0xf, size >> 4];
  });
  return { levels, layers, block: [exponent(at + 1), exponent(at + 2)], precincts };
}

function hasPrecincts(stream: Buffer, at: number): boolean {
  return (stream.readUInt8(at) & HAS_PRECINCTS) !== 0;
}

function smaller(a: Exponents, b: Exponents): Exponents {
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1])];
}
