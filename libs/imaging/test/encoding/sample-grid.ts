import { type RawFrame } from '../../src/image-description.js';
import { frameBytes, type ImageDescription } from '../../src/index.js';

type Size = readonly [rows: number, columns: number];

/** Odd ones, and a single row, column and pixel. */
const SIZES: readonly Size[] = [[3, 5], [1, 1], [1, 9], [9, 1], [17, 13]];
const COLOURS: Readonly<Record<number, readonly string[]>> = { 1: ['MONOCHROME2'], 3: ['RGB', 'YBR_FULL'] };

export interface GridFrame {
  readonly name: string;
  readonly raw: RawFrame;
}

export interface GridOptions {
  readonly sizes?: readonly Size[];
  readonly storedOf?: (bitsAllocated: number) => readonly number[];
}

/**
 * Frames of every kind of samples: how many bits are allocated and stored, where they lie, their sign, what stands beside them,
 * samples a pixel, colours, sizes. Deterministic.
 */
export function* sampleGrid({ sizes = SIZES, storedOf = allStored }: GridOptions = {}): Generator<GridFrame> {
  for (const bitsAllocated of [8, 16, 32]) {
    for (const bitsStored of storedOf(bitsAllocated)) {
      for (const highBit of new Set([bitsStored - 1, bitsAllocated - 1])) {
        for (const pixelRepresentation of [0, 1] as const) {
          for (const samplesPerPixel of [1, 3]) {
            for (const photometricInterpretation of COLOURS[samplesPerPixel]!) {
              const image = { samplesPerPixel, bitsAllocated, bitsStored, highBit, pixelRepresentation, planarConfiguration: 0, photometricInterpretation } as const;
              for (const [at, [rows, columns]] of sizes.entries()) yield* fills({ ...image, rows, columns }, at === 0);
            }
          }
        }
      }
    }
  }
}

function allStored(bitsAllocated: number): number[] {
  return bitsAllocated === 32 ? [1, 8, 16, 17, 31, 32] : Array.from({ length: bitsAllocated }, (_none, index) => index + 1);
}

/** Samples of the stored bits alone, sign-extended; and, where there are bits beside them, with something there: all that is in a word has to stay. */
function* fills(image: ImageDescription, all: boolean): Generator<GridFrame> {
  const { rows, columns, bitsAllocated, bitsStored, highBit, pixelRepresentation, photometricInterpretation } = image;
  const name = `${columns} × ${rows} ${photometricInterpretation} ${pixelRepresentation === 1 ? 's' : 'u'}${bitsStored} of ${bitsAllocated}, high bit ${highBit}`;
  yield { name, raw: { pixels: words(image, (sample) => placed(sample, image)), image } };
  if (!all || bitsStored === bitsAllocated) return;
  yield { name: `${name}, bits beside`, raw: { pixels: words(image, (sample, random) => placed(sample, image) ^ (random() & beside(image))), image } };
  // Pixel padding beyond what is stored.
  if (pixelRepresentation === 1) {
    yield { name: `${name}, padded`, raw: { pixels: words(image, (sample, random) => (random() % 3 === 0 ? 2 ** (bitsAllocated - 1) : placed(sample, image))), image } };
  }
}

function placed(sample: number, { bitsStored, highBit, pixelRepresentation }: ImageDescription): number {
  const isNegative = pixelRepresentation === 1 && sample >= 2 ** (bitsStored - 1);
  return (isNegative ? sample - 2 ** bitsStored : sample) * 2 ** (highBit + 1 - bitsStored);
}

/** Bits of a word that are none of the sample. */
function beside({ bitsAllocated, bitsStored, highBit }: ImageDescription): number {
  const stored = (2 ** bitsStored - 1) * 2 ** (highBit + 1 - bitsStored);
  return 2 ** bitsAllocated - 1 - stored;
}

/** The extremes first, then noise. */
function words(image: ImageDescription, wordOf: (sample: number, random: () => number) => number): Buffer {
  const width = image.bitsAllocated / 8;
  const pixels = Buffer.alloc(frameBytes(image));
  const most = 2 ** image.bitsStored;
  const random = xorshift(image.bitsStored * 64 + image.bitsAllocated);
  const extremes = [0, most - 1, Math.floor(most / 2), Math.max(0, Math.floor(most / 2) - 1)];
  for (let at = 0, index = 0; at < pixels.length; at += width, index++) {
    const word = wordOf(extremes[index] ?? random() % most, random);
    pixels.writeUIntLE(((word % 2 ** image.bitsAllocated) + 2 ** image.bitsAllocated) % 2 ** image.bitsAllocated, at, width);
  }
  return pixels;
}

function xorshift(seed: number): () => number {
  let state = seed | 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}
