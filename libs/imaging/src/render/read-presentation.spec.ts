import { describe, expect, it, jest } from '@jest/globals';

import { type Metadata } from '../describe-image.js';
import { type ReadBulk } from './read-bytes.js';
import { presentationBytes, readPresentation } from './read-presentation.js';

const us = (...values: number[]): Metadata[string] => ({ vr: 'US', Value: values });
const ds = us;
const sq = (...items: Metadata[]): Metadata[string] => ({ vr: 'SQ', Value: items });
const bulkOf = (uri: string): Metadata[string] => ({ vr: 'OW', BulkDataURI: uri });
const image: Metadata = { '00280002': us(1), '00280010': us(4), '00280011': us(4), '00280100': us(16), '00280101': us(12) };
const lut = (data: Metadata[string] | undefined): Metadata => ({ '00283002': us(4, 0, 16), ...(data && { '00283006': data }) });
const palette: Metadata = { '00280004': { vr: 'CS', Value: ['PALETTE COLOR'] }, '00281101': us(2, 0, 16), '00281102': us(2, 0, 16), '00281103': us(2, 0, 16), '00281201': us(1, 2), '00281202': us(1, 2), '00281203': us(1, 2) };
const none: ReadBulk = async () => undefined;

describe('readPresentation', () => {
  it.each<[string, Metadata]>([
    ['a modality LUT whose data cannot be had', { '00283000': sq(lut(bulkOf('lut'))) }], ['a modality LUT without data', { '00283000': sq(lut(undefined)) }],
    ['a VOI LUT whose data cannot be had', { '00283010': sq(lut(bulkOf('lut'))) }], ['a LUT without a descriptor', { '00283010': sq({ '00283006': us(1, 2) }) }],
    ['a palette without blue', { ...palette, '00281203': undefined }], ['a palette without descriptors', { ...palette, '00281101': undefined }], ['a palette that cannot be had', { ...palette, '00281202': bulkOf('green') }],
    ['a segmented palette that is cut off', { ...palette, '00281221': us(0, 1, 7) }], ['an overlay that cannot be had', { '60000010': us(4), '60000011': us(4), '60003000': bulkOf('overlay') }],
  ])('given %s, then the image is not shown as if it had none', async (_what, more) => {
    await expect(readPresentation({ ...image, ...more }, 1, none)).rejects.toMatchObject({ name: 'ImagingError', code: 'malformed' });
  });

  it('given sequences of LUTs without items, then there are none', async () => {
    const { modality, voiLut } = await readPresentation({ ...image, '00283000': sq(), '00283010': sq({}) }, 1, none);
    expect([modality, voiLut]).toEqual([undefined, undefined]);
  });

  it('given a window or rescaling of the frame, then LUTs of the image do not count', async () => {
    const ofFrame = { '00289132': sq({ '00281050': ds(40), '00281051': ds(400) }), '00289145': sq({ '00281052': ds(-1024), '00281053': ds(1) }) };
    const { voiLut, window, modality } = await readPresentation({ ...image, '00283000': sq(lut(us(1, 2, 3, 4))), '00283010': sq(lut(us(1, 2, 3, 4))), '52009230': sq(ofFrame) }, 1, none);
    expect([voiLut, window, modality]).toEqual([undefined, { center: 40, width: 400, function: 'LINEAR' }, { slope: 1, intercept: -1024 }]);
  });

  it('given a VOI LUT of the frame, then it counts', async () => {
    const { voiLut } = await readPresentation({ ...image, '52009229': sq({ '00289132': sq({ '00283010': sq(lut(us(1, 2, 3, 4))) }) }) }, 1, none);
    expect(voiLut?.entries).toEqual(Uint16Array.of(1, 2, 3, 4));
  });

  it('given an overlay for each frame, then no more than the bits of the frame are read', async () => {
    const data = Buffer.of(0, 0b1010_0000, 0b0000_0101, 0, 0);
    const bulk = jest.fn<ReadBulk>(async (_uri, part) => data.subarray(part!.first, part!.first + part!.length));
    const metadata = { ...image, '60000010': us(3), '60000011': us(4), '60000015': us(3), '60000050': us(2, 1), '60003000': bulkOf('overlay') };
    const { overlays } = await readPresentation(metadata, 2, bulk);
    expect(bulk.mock.calls).toEqual([['overlay', { first: 1, length: 2 }]]);
    expect(overlays).toEqual([{ rows: 3, columns: 4, top: 2, left: 1, bits: Uint8Array.of(0b0101_1010, 0) }]);
    expect(presentationBytes(metadata, 2)).toBeLessThan(10);
  });

  it('given overlays of more bytes than are held, then they are refused before they are read', async () => {
    const overlay = (group: string): Metadata => ({ [`${group}0010`]: us(65535), [`${group}0011`]: us(1100), [`${group}3000`]: bulkOf(group) });
    const metadata = { ...image, ...overlay('6000'), ...overlay('601E') };
    expect(presentationBytes({ ...image, ...overlay('601E') }, 1)).toBeGreaterThan(8_000_000);
    expect(() => presentationBytes(metadata, 1)).toThrow(expect.objectContaining({ code: 'too-large' }));
    await expect(readPresentation(metadata, 1, none)).rejects.toMatchObject({ code: 'too-large' });
  });

  it('given a LUT of a great length, then no more is read than a LUT can have', async () => {
    const bulk = jest.fn<ReadBulk>(async () => Buffer.alloc(8));
    await readPresentation({ ...image, '00283010': sq(lut(bulkOf('lut'))) }, 1, bulk);
    expect(bulk.mock.calls).toEqual([['lut', { first: 0, length: 256 * 1024 }]]);
  });
});
