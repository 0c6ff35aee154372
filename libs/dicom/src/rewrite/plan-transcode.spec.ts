import { describe, expect, it } from '@jest/globals';
import { Readable } from 'node:stream';
import { explicitBe, EXPLICIT_BE, explicitLe, EXPLICIT_LE, file, implicitLe, IMPLICIT_LE, J2K, JPEG } from '../../test/build-file.js';
import { scanRoot } from '../../test/rewrite-file.js';
import { keptValue, rowsOf, scanBytes } from '../../test/scan-bytes.js';
import type { Piece, RewriteSource } from './plan-rewrite.js';
import { planTranscode } from './plan-transcode.js';
import { assemblePieces } from './rewrite-bytes.js';

const fragment = Buffer.from('a fragment');
const modality = explicitLe.element(0x00080060, 'CS', 'OT');
const icon = (pixels: Buffer): Buffer => explicitLe.sequence(0x00880200, [explicitLe.item(Buffer.concat([explicitLe.element(0x00280010, 'US', [1]), pixels]))]);
const fragments = icon(explicitLe.encapsulated([fragment]));
const native = icon(explicitLe.element(0x7fe00010, 'OB', Buffer.of(1, 2)));
const folder = (...content: Buffer[]): Buffer => explicitLe.sequence(0x00081140, [explicitLe.item(Buffer.concat([explicitLe.element(0x00081155, 'UI', '1.2'), ...content, explicitLe.element(0x00880904, 'LO', 'behind')]))]);

async function chunksOf(bytes: Buffer, pieces: Iterable<Piece>, at = 0): Promise<Buffer[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of assemblePieces(Readable.from([bytes.subarray(at)]), pieces, at)) chunks.push(chunk);
  return chunks;
}

/** What stands before Pixel Data, or all where there is none, and how often others had their turn while it was made. */
async function transcode(source: RewriteSource, bytes: Buffer, transferSyntaxUid: string): Promise<{ chunks: Buffer[]; turns: number }> {
  const { offset, length } = source.scanned.pixelData ?? { offset: 0, length: 0 };
  const { before } = planTranscode(source, { transferSyntaxUid, explicitVr: transferSyntaxUid !== IMPLICIT_LE, replaced: new Map(), bitsAllocated: 8, isSigned: false, pixelDataEnd: offset + length });
  let [turns, isDone] = [0, false];
  const turn = (): void => {
    turns++;
    if (!isDone) setImmediate(turn);
  };
  setImmediate(turn);
  const chunks = await chunksOf(bytes, before);
  isDone = true;
  return { chunks, turns };
}

/** What stands before Pixel Data when it is made anew, as rows, sequences without their lengths, which differ with delimiters. */
async function transcoded(bytes: Buffer, transferSyntaxUid: string): Promise<string[]> {
  const { chunks } = await transcode(await scanRoot(bytes), bytes, transferSyntaxUid);
  return rowsOf(await scanBytes(Buffer.concat(chunks))).filter((row) => !row.startsWith('0002')).map((row) => row.replace(/SQ .*/, 'SQ'));
}

describe('planTranscode', () => {
  it.each([EXPLICIT_LE, IMPLICIT_LE, J2K])('given an icon of fragments, then it is not in %s, whose fragments they are not', async (target) => {
    const rows = await transcoded(file(JPEG, modality, fragments, explicitLe.encapsulated([fragment])), target);
    expect(rows.map((row) => row.slice(0, 8))).toEqual(['00080060']);
  });

  it.each([EXPLICIT_LE, IMPLICIT_LE])('given one inside of another sequence, then in %s that keeps all else', async (target) => {
    const rows = await transcoded(file(JPEG, modality, folder(fragments), explicitLe.encapsulated([fragment])), target);
    expect(rows).toEqual(await transcoded(file(JPEG, modality, folder(), explicitLe.encapsulated([fragment])), target));
    expect(rows.join()).toContain('00880904');
  });

  it('given a native icon, then it stays', async () => {
    const rows = await transcoded(file(JPEG, modality, native, explicitLe.encapsulated([fragment])), EXPLICIT_LE);
    expect(rows.join()).toContain('7fe00010 OB 2');
  });

  it('given offset tables and the total length of the fragments, then they are left out', async () => {
    const tables = [0x7fe00001, 0x7fe00002].map((tag) => explicitLe.element(tag, 'OV', Buffer.alloc(8)));
    const bytes = file(JPEG, modality, ...tables, explicitLe.element(0x7fe00003, 'UV', Buffer.alloc(8)), explicitLe.encapsulated([fragment]));
    expect((await transcoded(bytes, EXPLICIT_LE)).map((row) => row.slice(0, 8))).toEqual(['00080060']);
  });

  it('given very many items with an encapsulated value each, then their sequence is known by one row, and it is left out', async () => {
    const items = explicitLe.item(explicitLe.encapsulated([]), 'undefined');
    const bytes = file(EXPLICIT_LE, modality, explicitLe.sequence(0x00880200, Array<Buffer>(100_000).fill(items), 'undefined'));
    const source = await scanRoot(bytes);
    const row = source.scanned.elements.tags.indexOf(0x00880200);
    expect(source.scanned.icons).toEqual({ sequences: new Set([row]), roots: new Set([row]) });
    const { chunks } = await transcode(source, bytes, IMPLICIT_LE);
    expect(rowsOf(await scanBytes(Buffer.concat(chunks))).at(-1)).toBe('00080060 CS 2');
  });

  it('given very many elements beside as many icons, then each is found', async () => {
    const folders = Array.from({ length: 10_000 }, (_, at) => explicitLe.sequence(0x00091000 + at, [explicitLe.item(Buffer.concat([modality, fragments]))]));
    const others = folders.map((_, at) => explicitLe.element(0x000b1000 + at, 'LO', 'it'));
    const bytes = file(EXPLICIT_LE, ...folders, ...others);
    const { chunks } = await transcode(await scanRoot(bytes), bytes, IMPLICIT_LE);
    const { elements } = await scanBytes(Buffer.concat(chunks));
    expect([...elements.tags.subarray(0, elements.count)].filter((tag) => tag === 0x00080060 || tag === 0x00880200 || tag >>> 16 === 0x000b)).toHaveLength(20_000);
  });

  it('given 400,000 small items, then others have their turn between chunks, of which none is large', async () => {
    const bytes = file(EXPLICIT_LE, modality, explicitLe.sequence(0x00321064, Array<Buffer>(400_000).fill(explicitLe.item(explicitLe.element(0x00080102, 'SH', ''))), 'undefined'));
    const { chunks, turns } = await transcode(await scanRoot(bytes), bytes, IMPLICIT_LE);
    expect(chunks.length).toBeGreaterThan(140);
    expect(turns).toBeGreaterThanOrEqual(chunks.length / 2 - 1);
    expect(chunks.reduce((most, { length }) => Math.max(most, length), 0)).toBeLessThanOrEqual(64 * 1024);
    const { elements } = await scanBytes(Buffer.concat(chunks));
    expect(elements.count).toBe((await scanBytes(bytes)).elements.count);
  });

  it.each([
    [EXPLICIT_LE, EXPLICIT_LE, explicitLe], [EXPLICIT_LE, IMPLICIT_LE, explicitLe], [IMPLICIT_LE, EXPLICIT_LE, implicitLe], [EXPLICIT_BE, EXPLICIT_LE, explicitBe],
  ])('given %s for %s with other elements and pixels, then these stand where they belong, and all else stays', async (stored, transferSyntaxUid, writer) => {
    const behind = writer.element(0xfffcfffc, 'OB', Buffer.of(1, 2));
    const bytes = file(stored, writer.element(0x00280000, 'UL', Buffer.alloc(4)), writer.element(0x00280004, 'CS', 'MONOCHROME2'), writer.element(0x00280010, 'US', [0x0102]), writer.element(0x7fe00010, 'OW', Buffer.alloc(4)), behind);
    const source = await scanRoot(bytes);
    const { offset, length } = source.scanned.pixelData!;
    const replaced = new Map([[0x00282110, { vr: 'CS', value: Buffer.from('01') }], [0x00280006, { vr: 'US', value: Buffer.of(1, 0) }], [0x00280004, { vr: 'CS', value: Buffer.from('RGB') }]]);
    const { before, after } = planTranscode(source, { transferSyntaxUid, explicitVr: transferSyntaxUid !== IMPLICIT_LE, replaced, bitsAllocated: 16, isSigned: false, pixelDataEnd: offset + length });
    const parts = [...(await chunksOf(bytes, before)), ...(await chunksOf(bytes, after, offset + length))];
    const made = await scanBytes(Buffer.concat(parts));
    expect([made.transferSyntaxUid, ...rowsOf(made).filter((row) => !row.startsWith('0002'))]).toEqual([transferSyntaxUid, '00280004 CS 4', '00280006 US 2', '00280010 US 2', '00282110 CS 2', 'fffcfffc OB 2']);
    expect([0x00280004, 0x00280010, 0xfffcfffc].map((tag) => keptValue(made, tag))).toEqual([Buffer.from('RGB '), Buffer.of(2, 1), Buffer.of(1, 2)]);
  });
});
