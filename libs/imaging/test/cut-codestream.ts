import { type FrameSource } from '../src/index.js';

interface Cut {
  readonly side: number;
  /** Width and height of tiles. */
  readonly tile?: number;
  /** Exponent of the precincts of all resolutions. */
  readonly precinct?: number;
  /** Exponent of code blocks, less two. */
  readonly block?: number;
  readonly levels?: number;
  readonly layers?: number;
  /** The precincts stand in the header of the tile only, or in a marker that nobody knows. */
  readonly inTile?: boolean;
  readonly inUnknown?: boolean;
  readonly isHighThroughput?: boolean;
}

/** A grey square of JPEG 2000 or HTJ2K in one tile part whose packets are empty, cut up as is wanted (ISO 15444-1 §A). */
export function cutCodestream({ side, tile = side, precinct, block = 4, levels = 0, layers = 1, inTile = false, inUnknown = false, isHighThroughput = false }: Cut): Pick<FrameSource, 'frame' | 'image'> {
  const cod = (exponent: number | undefined): Buffer => {
    const precincts = exponent === undefined ? [] : Array.from({ length: levels + 1 }, () => exponent * 0x11);
    return segment(0xff52, [exponent === undefined ? 0 : 1, 0, ...word(layers), 0, levels, block, block, isHighThroughput ? 0x40 : 0, 1, ...precincts]);
  };
  const siz = [...word(isHighThroughput ? 0x4000 : 0), ...[side, side, 0, 0, tile, tile, 0, 0].flatMap(long), ...word(1), 7, 1, 1];
  const header = [
    Buffer.of(0xff, 0x4f), segment(0xff51, siz), ...(isHighThroughput ? [segment(0xff50, [...long(0x20000), 0, 0])] : []),
    cod(inTile || inUnknown ? undefined : precinct), ...(inUnknown ? [segment(0xff70, [...cod(precinct)])] : []), segment(0xff5c, Array.from({ length: 2 + 3 * levels }, () => 0x40)),
  ];
  const part = Buffer.concat([...(inTile ? [cod(precinct)] : []), Buffer.of(0xff, 0x93), Buffer.alloc(64)]);
  const frame = Buffer.concat([...header, segment(0xff90, [0, 0, ...long(12 + part.length), 0, 1]), part, Buffer.of(0xff, 0xd9)]);
  const image = { rows: side, columns: side, samplesPerPixel: 1, bitsAllocated: 8, bitsStored: 8, highBit: 7, pixelRepresentation: 0, planarConfiguration: 0, photometricInterpretation: 'MONOCHROME2' } as const;
  return { frame, image };
}

function segment(marker: number, bytes: readonly number[]): Buffer {
  return Buffer.from([...word(marker), ...word(bytes.length + 2), ...bytes]);
}

function word(value: number): number[] {
  return [value >> 8, value & 0xff];
}

function long(value: number): number[] {
  return [...word(value >>> 16), ...word(value & 0xffff)];
}
