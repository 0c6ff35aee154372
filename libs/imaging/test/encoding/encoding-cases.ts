import { decodeFrame, encodeFrame } from '../../src/code-frame.js';
import { type RawFrame } from '../../src/image-description.js';
import { defaultFrameLimits, type EncodedFrame, type TransferSyntax, transferSyntaxes } from '../../src/index.js';
import { checkEncodable } from '../../src/check-encodable.js';
import { fixtureFrame } from '../fixture-frame.js';
import { sampleGrid } from './sample-grid.js';

export interface EncodingCase {
  readonly name: string;
  /** Cases with one hash for all of them. */
  readonly group?: string;
  readonly transferSyntaxUid: string;
  readonly raw: RawFrame;
  readonly isLossy: boolean;
}

export const QUALITY = 90;

/** Every kind of samples in every encapsulated syntax that holds them. */
export async function encodingCases(): Promise<EncodingCase[]> {
  const frames = await rawFrames();
  return encapsulated().flatMap((syntax) => frames.filter(([, raw]) => isEncodable(syntax, raw)).map(([name, raw]) => (
    { name: `${syntax.uid.slice('1.2.840.10008.1.2.'.length)} ${name}`, transferSyntaxUid: syntax.uid, raw, isLossy: syntax.encodes?.lossy === true })));
}

/** Of the grid as much as decoders elsewhere are shown, which take longer; lossy ones would differ in its noise. */
export function gridCases(): EncodingCase[] {
  const grid = [...sampleGrid({ sizes: [[3, 5]], storedOf: (allocated) => (allocated === 16 ? [1, 5, 8, 9, 12, 15, 16] : [1, 5, allocated]) }), ...sampleGrid({ sizes: [[1, 9], [9, 1]], storedOf: (allocated) => [allocated, 12].filter((stored) => stored <= allocated) })];
  return encapsulated().filter(({ encodes }) => encodes?.lossy !== true).flatMap((syntax) => grid.filter(({ raw }) => isEncodable(syntax, raw)).map(({ name, raw }) => (
    { name: `${syntax.uid.slice('1.2.840.10008.1.2.'.length)} ${name}`, group: `${syntax.uid.slice('1.2.840.10008.1.2.'.length)} grid`, transferSyntaxUid: syntax.uid, raw, isLossy: false })));
}

export function encodeCase({ transferSyntaxUid, raw }: EncodingCase): Promise<EncodedFrame> {
  return encodeFrame(transferSyntaxUid, raw, { quality: QUALITY });
}

/** Those that are written. */
export function encapsulated(): TransferSyntax[] {
  return transferSyntaxes.filter((syntax) => syntax.encoder !== undefined && syntax.encapsulated);
}

function isEncodable(syntax: TransferSyntax, { image }: RawFrame): boolean {
  try {
    checkEncodable(syntax, image);
    return true;
  } catch {
    return false;
  }
}

async function rawFrames(): Promise<[string, RawFrame][]> {
  const decoded = async (path: string): Promise<RawFrame> => {
    const { transferSyntaxUid, frame, image } = await fixtureFrame(path);
    return decodeFrame(transferSyntaxUid, frame, image, defaultFrameLimits);
  };
  const named = ['u8', 'u12', 's12', 'u16', 's16', 'u32', 'rgb', 'rgb-planes'].map(async (name): Promise<[string, RawFrame]> => [name, await decoded(`explicit-le/${name}.dcm`)]);
  const u12 = await decoded('explicit-le/u12.dcm');
  const overlaid = Buffer.from(u12.pixels);
  for (let at = 1; at < overlaid.length; at += 6) overlaid[at]! |= 0x10;
  const leftAligned = Buffer.from(u12.pixels);
  for (let at = 0; at < leftAligned.length; at += 2) leftAligned.writeUInt16LE(u12.pixels.readUInt16LE(at) << 4, at);
  return [
    ...(await Promise.all(named)),
    ['ybr-full', await decoded('jpeg-50/ybr-444.dcm')],
    ['u12 with an overlay above', { ...u12, pixels: overlaid }],
    ['u12 left-aligned', { pixels: leftAligned, image: { ...u12.image, highBit: 15 } }],
  ];
}
