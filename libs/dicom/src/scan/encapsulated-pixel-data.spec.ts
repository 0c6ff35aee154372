import { describe, it, expect } from '@jest/globals';
import { EXPLICIT_LE, explicitLe, file, implicitLe, JPEG } from '../../test/build-file.js';
import { rowsOf, scanBytes } from '../../test/scan-bytes.js';

const first = Buffer.from('first fragment');
const second = Buffer.from([1, 2, 3]);
const modality = explicitLe.element(0x00080060, 'CS', 'OT');
const at = (bytes: Buffer, text: Buffer) => bytes.indexOf(text);

describe('given encapsulated Pixel Data', () => {
  it('lists fragments, their edges and the offset table', async () => {
    const bytes = file(JPEG, modality, explicitLe.encapsulated([first, second, Buffer.alloc(0)], [0, 22]));
    for (const sizes of [[1], [bytes.length]]) {
      const found = await scanBytes(bytes, sizes);
      expect([...found.fragments]).toEqual([at(bytes, first), 14, at(bytes, second), 3, at(bytes, second) + 11, 0]);
      expect([...found.basicOffsetTable]).toEqual([0, 22]);
      expect(Buffer.from(found.fragmentEdges).toString('hex')).toBe(Buffer.concat([Buffer.from('firsnt'), Buffer.of(1, 2, 3, 0, 2, 3), Buffer.alloc(6)]).toString('hex'));
      expect(found.pixelData).toMatchObject({ vr: 'OB', encapsulated: true });
      expect(found.pixelData!.offset + found.pixelData!.length).toBe(bytes.length);
    }
  });

  it('does not look for delimiters inside fragments', async () => {
    const trap = Buffer.concat([explicitLe.sequenceDelimiter(), explicitLe.bare(0xfffee000, 4)]);
    expect((await scanBytes(file(JPEG, modality, explicitLe.encapsulated([trap])))).fragments[1]).toBe(16);
  });

  it('takes that of an icon for no image', async () => {
    const icon = explicitLe.sequence(0x00880200, [explicitLe.item(explicitLe.encapsulated([second]), 'undefined')], 'undefined');
    const without = await scanBytes(file(JPEG, modality, icon));
    expect([without.pixelData, without.fragments.length]).toEqual([undefined, 0]);
    const bytes = file(JPEG, modality, icon, explicitLe.encapsulated([first]));
    const found = await scanBytes(bytes);
    expect([...found.fragments]).toEqual([at(bytes, first), 14]);
    expect(rowsOf(found).filter((row) => row.includes('7fe00010'))).toEqual(['  7fe00010 OB 19', '7fe00010 OB 30']);
  });

  it('reads it with VR UN and in implicit VR', async () => {
    expect((await scanBytes(file(JPEG, modality, explicitLe.encapsulated([first], [], 0x7fe00010, 'UN')))).pixelData).toMatchObject({ vr: 'UN', encapsulated: true });
    const implicit = file('1.2.840.10008.1.2', implicitLe.element(0x00080060, 'CS', 'OT'), implicitLe.encapsulated([first]));
    expect((await scanBytes(implicit)).pixelData).toMatchObject({ vr: 'OW', encapsulated: true });
  });

  it('goes on behind it', async () => {
    expect(rowsOf(await scanBytes(file(JPEG, explicitLe.encapsulated([first]), explicitLe.element(0xfffcfffc, 'OB', Buffer.alloc(2))))).at(-1)).toBe('fffcfffc OB 2');
  });

  const whole = explicitLe.encapsulated([first]);
  it.each([
    ['without its delimiter', whole.subarray(0, -8), 'truncated'],
    ['cut inside a fragment', whole.subarray(0, -10), 'truncated'],
    ['with an element among the fragments', Buffer.concat([whole.subarray(0, -8), modality, explicitLe.sequenceDelimiter()]), 'malformed'],
    ['with a fragment of undefined length', Buffer.concat([whole.subarray(0, -8), explicitLe.bare(0xfffee000, 0xffffffff)]), 'malformed'],
    ['twice', Buffer.concat([whole, whole]), 'malformed'],
  ])('refuses it %s', async (_what, bytes, code) => {
    await expect(scanBytes(file(JPEG, modality, bytes))).rejects.toMatchObject({ code, tag: 0x7fe00010 });
  });

  it('stops at the number of fragments and at a huge offset table', async () => {
    const many = explicitLe.encapsulated(Array.from({ length: 20 }, () => second));
    await expect(scanBytes(file(JPEG, modality, many), undefined, { fragments: 10 })).rejects.toMatchObject({ code: 'limit-exceeded' });
    const table = Buffer.concat([explicitLe.header(0x7fe00010, 'OB', 0xffffffff), explicitLe.bare(0xfffee000, 0xfffffff0)]);
    await expect(scanBytes(file(JPEG, modality, table))).rejects.toMatchObject({ code: 'limit-exceeded' });
  });
});

describe('given Float Pixel Data', () => {
  it.each([[0x7fe00008, 'OF'], [0x7fe00009, 'OD']])('knows %i as pixels', async (tag, vr) => {
    expect((await scanBytes(file(EXPLICIT_LE, modality, explicitLe.element(tag, vr, Buffer.alloc(16))))).pixelData).toMatchObject({ tag, vr, length: 16, encapsulated: false });
  });
});
