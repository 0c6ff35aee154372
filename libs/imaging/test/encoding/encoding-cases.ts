import { decodeFrame, defaultFrameLimits, encodeFrame, type EncodedFrame, type RawFrame, transferSyntaxes } from '../../src/index.js';
import { fixtureFrame } from '../fixture-frame.js';

export interface EncodingCase {
  readonly name: string;
  readonly transferSyntaxUid: string;
  readonly raw: RawFrame;
  readonly isLossy: boolean;
}

export const QUALITY = 90;

/** Every kind of samples in every encapsulated syntax that holds them. */
export async function encodingCases(): Promise<EncodingCase[]> {
  const frames = await rawFrames();
  const encoders = transferSyntaxes.filter(({ encoder, encapsulated }) => encoder !== undefined && encapsulated);
  return encoders.flatMap((syntax) => frames.filter(([, raw]) => holds(syntax.uid, raw)).map(([name, raw]) => (
    { name: `${syntax.uid.slice('1.2.840.10008.1.2.'.length)} ${name}`, transferSyntaxUid: syntax.uid, raw, isLossy: syntax.encodesLossy === true })));
}

export function encodeCase({ transferSyntaxUid, raw }: EncodingCase): Promise<EncodedFrame> {
  return encodeFrame(transferSyntaxUid, raw, { quality: QUALITY });
}

/** PS3.5 §8.2: JPEG Baseline has 8 bits and no sign, only RLE more than 16. */
function holds(uid: string, { image }: RawFrame): boolean {
  if (uid.endsWith('.4.50')) return image.bitsAllocated === 8 && image.pixelRepresentation === 0;
  return image.bitsAllocated <= 16 || uid.endsWith('.2.5');
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
