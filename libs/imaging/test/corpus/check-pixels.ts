import { createHash } from 'node:crypto';

import { decodeFrame } from '../../src/code-frame.js';
import { type RawFrame } from '../../src/image-description.js';
import { defaultFrameLimits, transferSyntaxOf } from '../../src/index.js';
import { toRgb } from '../../src/samples/to-rgb.js';
import { interleaved } from '../../src/samples/interleaved.js';
import { readInstance } from './stored-instance.js';

interface Statistics {
  readonly mean: number | readonly number[];
  readonly std: number | readonly number[];
}

/** What a manifest says of decoded pixels: stored values, interleaved, sign-extended, as wide as `dtype`. */
export interface PixelReference extends Partial<Statistics> {
  readonly lossy?: boolean;
  readonly dtype?: string;
  readonly pixels_sha256_of_frame0?: string;
  readonly pixels_sha256_of_middle_frame?: { readonly frame_index: number; readonly sha256: string };
  readonly pixels_sha256_of_last_frame?: string;
  readonly last_frame?: Statistics;
  readonly rgb?: Statistics;
  readonly contested?: string;
  /** Base64 of frame 0 as another decoder has it, and how far any value may be from it. */
  readonly values?: string;
  readonly max_difference?: number;
}

export interface PixelEntry {
  readonly path: string;
  readonly frames?: number | null;
  readonly reference?: PixelReference | null;
}

/** Mean and standard deviation of a lossy frame, beside those of the manifest: its decoders differ by less than 0.1. */
const TOLERANCE = 0.5;

export interface PixelCheck {
  readonly outcome: 'exact' | 'bounded' | 'passed over';
  readonly problems: readonly string[];
}

/** Decodes the frames that the manifest knows. */
export async function checkPixels(bytes: Buffer, { frames, reference }: PixelEntry): Promise<PixelCheck> {
  const instance = await readInstance(bytes);
  const syntaxUid = instance.file.transferSyntaxUid || '1.2.840.10008.1.2';
  const syntax = transferSyntaxOf(syntaxUid);
  if (reference?.dtype === undefined || syntax === undefined || instance.table.kind === 'unknown') return { outcome: 'passed over', problems: [] };
  const { encapsulated } = syntax;
  const last = frames ?? 1;
  const middle = reference.pixels_sha256_of_middle_frame;
  const decode = (frame: number): Promise<RawFrame> => decodeFrame(syntaxUid, instance.frame(frame), instance.image(), defaultFrameLimits);
  const problems: string[] = [];
  const hashes: [number, string | undefined][] = [
    [1, reference.pixels_sha256_of_frame0], [(middle?.frame_index ?? 0) + 1, middle?.sha256], [last, reference.pixels_sha256_of_last_frame],
  ];
  let exact = 0;
  for (const [frame, hash] of hashes) {
    if (hash === undefined) continue;
    exact++;
    const values = valueBytes(await decode(frame), encapsulated, reference.dtype);
    if (createHash('sha256').update(values).digest('hex') !== hash) problems.push(`frame ${frame} has other values`);
  }
  const statistics: [number, Statistics | undefined, boolean][] = [
    [1, isStatistics(reference) ? reference : undefined, false], [1, reference.rgb, true], [last, reference.last_frame, false],
  ];
  let bounded = 0;
  if (reference.values !== undefined) {
    bounded++;
    const values = readNumbers(valueBytes(await decode(1), encapsulated, reference.dtype), reference.dtype);
    const wanted = readNumbers(Buffer.from(reference.values, 'base64'), reference.dtype);
    const furthest = values.reduce((most, value, at) => Math.max(most, Math.abs(value - (wanted[at] ?? NaN))), 0);
    if (!(values.length === wanted.length && furthest <= (reference.max_difference ?? 0))) problems.push(`a value is ${furthest} off, where ${reference.max_difference} are allowed`);
  }
  for (const [frame, wanted, rgb] of statistics) {
    if (wanted === undefined) continue;
    bounded++;
    const decoded = await decode(frame);
    problems.push(...compareStatistics(rgb ? toRgb(decoded) : decoded, encapsulated, wanted).map((problem) => `frame ${frame}${rgb ? ' as RGB' : ''}: ${problem}`));
  }
  return { outcome: exact > 0 ? 'exact' : bounded > 0 ? 'bounded' : 'passed over', problems };
}

function isStatistics(reference: PixelReference): reference is PixelReference & Statistics {
  return reference.mean !== undefined && reference.std !== undefined;
}

function compareStatistics(frame: RawFrame, encapsulated: boolean, wanted: Statistics): string[] {
  const { image } = frame;
  const values = readValues(frame, encapsulated);
  const means = [wanted.mean].flat();
  const deviations = [wanted.std].flat();
  return means.flatMap((mean, sample) => {
    const own = values.filter((_value, index) => index % image.samplesPerPixel === sample);
    const ourMean = own.reduce((sum, value) => sum + value, 0) / own.length;
    const ourStd = Math.sqrt(own.reduce((sum, value) => sum + (value - ourMean) ** 2, 0) / own.length);
    const off = Math.max(Math.abs(ourMean - mean), Math.abs(ourStd - (deviations[sample] ?? 0)));
    return off <= TOLERANCE ? [] : [`sample ${sample} has mean ${ourMean.toFixed(3)} and deviation ${ourStd.toFixed(3)} for ${mean} and ${deviations[sample]}`];
  });
}

/** Stored values as little endian numbers of `dtype` ('u1', '<i2', '<f4'). */
function valueBytes(frame: RawFrame, encapsulated: boolean, dtype: string): Buffer {
  const width = Number(dtype.replace(/\D/g, ''));
  if (dtype.includes('f')) return frame.pixels;
  const values = readValues(frame, encapsulated);
  const out = Buffer.allocUnsafe(values.length * width);
  values.forEach((value, index) => (value < 0 ? out.writeIntLE(value, index * width, width) : out.writeUIntLE(value, index * width, width)));
  return out;
}

function readNumbers(bytes: Buffer, dtype: string): number[] {
  const width = Number(dtype.replace(/\D/g, ''));
  return Array.from({ length: bytes.length / width }, (_none, at) => (dtype.includes('i') ? bytes.readIntLE(at * width, width) : bytes.readUIntLE(at * width, width)));
}

/**
 * Sign-extended from Bits Stored; what stands above the High Bit of native samples is not theirs. Decoders of encapsulated frames
 * give whole numbers; a codestream may hold more than Bits Stored says.
 */
function readValues(frame: RawFrame, encapsulated: boolean): Float64Array {
  const { pixels, image } = interleaved(frame);
  const { rows, columns, samplesPerPixel, bitsAllocated, bitsStored, highBit, pixelRepresentation } = image;
  const count = rows * columns * samplesPerPixel;
  if (bitsAllocated === 1) return Float64Array.from({ length: count }, (_none, at) => (pixels[at >> 3]! >> at % 8) & 1);
  const width = bitsAllocated / 8;
  const isSigned = pixelRepresentation === 1;
  const shift = highBit + 1 - bitsStored;
  return Float64Array.from({ length: count }, (_none, at) => {
    if (bitsStored === bitsAllocated || encapsulated) return isSigned ? pixels.readIntLE(at * width, width) : pixels.readUIntLE(at * width, width);
    const value = (pixels.readUIntLE(at * width, width) >>> shift) & (2 ** bitsStored - 1);
    return isSigned && value >= 2 ** (bitsStored - 1) ? value - 2 ** bitsStored : value;
  });
}
