import { describe, it, expect } from '@jest/globals';
import { EXPLICIT_BE, EXPLICIT_LE, explicitBe, explicitLe, file, JPEG } from '../../test/build-file.js';
import { sampleFiles } from '../../test/sample-files.js';
import { scanBytes } from '../../test/scan-bytes.js';
import { buildFrameTable } from './build-frame-table.js';
import { frameParts } from './frame-parts.js';
import { type ImageLayout, type KnownFrames } from './frame-table.js';

const image: ImageLayout = { rows: 4, columns: 4, samplesPerPixel: 1, bitsAllocated: 8, numberOfFrames: 1 };
const soi = Buffer.of(0xff, 0xd8, 0xff, 0xe0, 1, 2);
const middle = Buffer.of(9, 9, 9, 9);
const eoi = Buffer.of(3, 4, 0xff, 0xd9);
const padded = Buffer.of(3, 0xff, 0xd9, 0);
const soc = Buffer.of(0xff, 0x4f, 0xff, 0x51);
const modality = explicitLe.element(0x00080060, 'CS', 'OT');

async function tableOf(bytes: Buffer, layout: Partial<ImageLayout>) {
  return buildFrameTable(await scanBytes(bytes), { ...image, ...layout });
}

function cut(bytes: Buffer, table: KnownFrames, frame: number): Buffer {
  const { offset, length, slices } = frameParts(table, frame);
  const range = bytes.subarray(offset, offset + length);
  return Buffer.concat(slices.map((slice) => range.subarray(slice.offset, slice.offset + slice.length)));
}

async function framesOf(fragments: Buffer[], numberOfFrames: number, bot: number[] = [], before = modality): Promise<Buffer[] | string> {
  const bytes = file(JPEG, before, explicitLe.encapsulated(fragments, bot));
  const table = await tableOf(bytes, { numberOfFrames });
  return table.kind === 'unknown' ? table.why : Array.from({ length: table.frames }, (_, index) => cut(bytes, table, index + 1));
}

describe('given fragments', () => {
  it('gives each frame its own when the counts agree', async () => expect(await framesOf([soi, middle], 2)).toEqual([soi, middle]));
  it('gives a single frame all', async () => expect(await framesOf([soi, middle, eoi], 1)).toEqual([Buffer.concat([soi, middle, eoi])]));
  it('follows an offset table that agrees', async () => expect(await framesOf([middle, eoi, middle], 2, [0, 26 - 2])).toEqual([Buffer.concat([middle, eoi]), middle]));
  it.each([[[0, 23]], [[12, 24]], [[0, 400]], [[0, 0]], [[0]]])('does not follow the offset table %j', async (bot) => expect(await framesOf([middle, eoi, middle], 2, bot)).toContain('Nothing tells'));
  it('follows an Extended Offset Table that agrees', async () => {
    const offsets = (second: bigint) => explicitLe.element(0x7fe00001, 'OV', Buffer.from(BigUint64Array.of(0n, second).buffer));
    expect(await framesOf([middle, eoi, middle], 2, [], offsets(24n))).toEqual([Buffer.concat([middle, eoi]), middle]);
    expect(await framesOf([middle, eoi, middle], 2, [], offsets(2n ** 63n))).toContain('Nothing tells');
  });
  it('prefers the bytes to an offset table that does not agree', async () => expect(await framesOf([soi, eoi, soi], 2, [0, 15])).toEqual([Buffer.concat([soi, eoi]), soi]));
  it('knows frames by SOI and SOC', async () => {
    expect(await framesOf([soi, middle, eoi, soi, eoi], 2)).toEqual([Buffer.concat([soi, middle, eoi]), Buffer.concat([soi, eoi])]);
    expect(await framesOf([soc, soc, middle], 2)).toEqual([soc, Buffer.concat([soc, middle])]);
  });
  it('doubts an SOI that follows no EOI', async () => expect(await framesOf([soi, soi, padded, soi, eoi], 2)).toEqual([Buffer.concat([soi, soi, padded]), Buffer.concat([soi, eoi])]));
  it.each([['fewer fragments than frames', [soi], 2], ['no marks', [middle, middle, middle], 2], ['no mark at the beginning', [middle, soi, soi], 2], ['no fragments', [], 1]])('gives up on %s', async (_what, fragments, frames) => {
    expect(typeof (await framesOf(fragments, frames))).toBe('string');
  });
  it('passes over empty fragments', async () => expect(await framesOf([Buffer.alloc(0), soi, Buffer.alloc(0), eoi], 1)).toEqual([Buffer.concat([soi, eoi])]));
  it('does not cut up a video stream', async () => {
    const bytes = file('1.2.840.10008.1.2.4.102', modality, explicitLe.encapsulated([middle, middle]));
    for (const numberOfFrames of [1, 2, 300]) expect(await tableOf(bytes, { numberOfFrames })).toMatchObject({ kind: 'encapsulated', frames: 1, fragments: 2 });
  });
  it('does not let a table outgrow its instance', async () => {
    const scanned = await scanBytes(file(JPEG, modality, explicitLe.encapsulated([soi])));
    const many = Float64Array.from({ length: 2 * 100_066 }, (_, index) => (index % 2 === 0 ? 1000 + 4 * index : 0));
    expect(buildFrameTable({ ...scanned, fragments: many }, image)).toMatchObject({ kind: 'unknown' });
  });
});

describe('given native Pixel Data', () => {
  const native = (length: number, vr = 'OB') => file(EXPLICIT_LE, modality, explicitLe.element(0x7fe00010, vr, Buffer.from(Uint8Array.from({ length }, (_, index) => index))));

  it('lays frames out by dimensions and ignores padding', async () => {
    const bytes = native(40);
    const table = (await tableOf(bytes, { numberOfFrames: 2 })) as KnownFrames;
    expect(table).toMatchObject({ kind: 'native', frames: 2, frameBits: 128, strideBits: 128 });
    expect(cut(bytes, table, 2)[0]).toBe(16);
  });

  it('finds one-bit frames inside bytes', async () => {
    const table = (await tableOf(native(6), { rows: 3, columns: 3, bitsAllocated: 1, numberOfFrames: 5 })) as KnownFrames;
    expect(frameParts(table, 4)).toMatchObject({ offset: frameParts(table, 1).offset + 3, length: 2, firstBit: 3, bits: 9 });
  });

  it('finds one-bit frames of a writer that began each at a byte', async () => {
    expect(await tableOf(native(10), { rows: 3, columns: 3, bitsAllocated: 1, numberOfFrames: 5 })).toMatchObject({ frameBits: 9, strideBits: 16 });
  });

  it.each([[32, 256], [48, 384]])('reads %i bytes of YBR_FULL_422', async (length, frameBits) => {
    expect(await tableOf(native(length), { samplesPerPixel: 3, photometricInterpretation: 'YBR_FULL_422' })).toMatchObject({ frameBits });
  });

  it.each([
    ['more frames than bytes', { numberOfFrames: 3 }],
    ['forged dimensions', { rows: 65535, columns: 65535, samplesPerPixel: 65535, bitsAllocated: 65535, numberOfFrames: 2 ** 31 }],
    ['no rows', { rows: 0 }],
    ['no columns', { columns: undefined }],
    ['a broken number of frames', { numberOfFrames: NaN }],
    ['no frames', { numberOfFrames: 0 }],
    ['no samples', { samplesPerPixel: undefined }],
  ])('gives up on %s', async (_what, layout) => {
    expect(await tableOf(native(32), layout)).toMatchObject({ kind: 'unknown', why: expect.stringMatching(/\.$/) });
  });

  it('gives up where big endian words cross frames', async () => {
    const bytes = (vr: string) => file(EXPLICIT_BE, explicitBe.element(0x00080060, 'CS', 'OT'), explicitBe.element(0x7fe00010, vr, Buffer.alloc(18)));
    expect(await tableOf(bytes('OW'), { rows: 3, columns: 3, numberOfFrames: 2 })).toMatchObject({ kind: 'unknown' });
    expect(await tableOf(bytes('OB'), { rows: 3, columns: 3, numberOfFrames: 2 })).toMatchObject({ kind: 'native' });
  });

  it('takes whole words of an odd big endian frame, since its last byte stands in the other half', async () => {
    const bytes = (vr: string) => file(EXPLICIT_BE, explicitBe.element(0x00080060, 'CS', 'OT'), explicitBe.element(0x7fe00010, vr, Buffer.alloc(10)));
    expect(await tableOf(bytes('OW'), { rows: 3, columns: 3 })).toMatchObject({ kind: 'native', frames: 1, frameBits: 80 });
    expect(await tableOf(bytes('OB'), { rows: 3, columns: 3 })).toMatchObject({ kind: 'native', frames: 1, frameBits: 72 });
    expect(await tableOf(bytes('OW'), { rows: 5, columns: 7, bitsAllocated: 1 })).toMatchObject({ kind: 'native', frames: 1, frameBits: 48 });
  });

  it('says when offsets count in the inflated file', async () => {
    expect(await tableOf(sampleFiles['deflated']!, { bitsAllocated: 16 })).toMatchObject({ kind: 'native', inflated: true });
  });

  it('gives up without Pixel Data', async () => expect(await tableOf(file(EXPLICIT_LE, modality), {})).toEqual({ kind: 'unknown', why: 'The instance has no Pixel Data.' }));
});
