import { describe, expect, it } from '@jest/globals';
import { Readable } from 'node:stream';
import { explicitLe, EXPLICIT_LE, file, IMPLICIT_LE, J2K, JPEG } from '../../test/build-file.js';
import { scanRoot } from '../../test/rewrite-file.js';
import { rowsOf, scanBytes } from '../../test/scan-bytes.js';
import { planTranscode } from './plan-transcode.js';
import { rewriteBytes } from './rewrite-bytes.js';

const fragment = Buffer.from('a fragment');
const modality = explicitLe.element(0x00080060, 'CS', 'OT');
const icon = (pixels: Buffer): Buffer => explicitLe.sequence(0x00880200, [explicitLe.item(Buffer.concat([explicitLe.element(0x00280010, 'US', [1]), pixels]))]);
const fragments = icon(explicitLe.encapsulated([fragment]));
const native = icon(explicitLe.element(0x7fe00010, 'OB', Buffer.of(1, 2)));
const folder = (...content: Buffer[]): Buffer => explicitLe.sequence(0x00081140, [explicitLe.item(Buffer.concat([explicitLe.element(0x00081155, 'UI', '1.2'), ...content, explicitLe.element(0x00880904, 'LO', 'behind')]))]);

/** What stands before Pixel Data when it is made anew, as rows, sequences without their lengths, which differ with delimiters. */
async function transcoded(bytes: Buffer, transferSyntaxUid: string): Promise<string[]> {
  const source = await scanRoot(bytes);
  const { offset, length } = source.scanned.pixelData!;
  const { before } = planTranscode(source, { transferSyntaxUid, explicitVr: transferSyntaxUid !== IMPLICIT_LE, replaced: new Map(), bitsAllocated: 8, isSigned: false, pixelDataEnd: offset + length });
  const parts: Buffer[] = [];
  for await (const part of rewriteBytes(Readable.from([bytes]), { pieces: before, deflated: undefined }, 0)) parts.push(Buffer.from(part));
  return rowsOf(await scanBytes(Buffer.concat(parts))).filter((row) => !row.startsWith('0002')).map((row) => row.replace(/SQ .*/, 'SQ'));
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
});
