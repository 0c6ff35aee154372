import { describe, expect, it } from '@jest/globals';
import { readImageMetadata } from './read-image-metadata.js';

const us = (...Value: number[]): object => ({ vr: 'US', Value });
const sq = (...Value: object[]): object => ({ vr: 'SQ', Value });
const read = (dataSet: object): ReturnType<typeof readImageMetadata> => readImageMetadata(Buffer.from(JSON.stringify(dataSet)));

describe('readImageMetadata', () => {
  it('given a data set, then what images need of it, and nothing else', async () => {
    const wanted = { '00280010': us(4), '00283010': sq({ '00283002': us(1, 2, 3), '00283006': { vr: 'US', InlineBinary: 'AAA=' } }), '52009229': sq({ '00289145': sq({ '00281053': us(1) }) }), '60003000': { vr: 'OW', BulkDataURI: '/bulkdata/60003000' }, '7FE00010': { vr: 'OW', BulkDataURI: '/bulkdata/7FE00010' } };
    const others = { '00100010': { vr: 'PN', Value: [{ Alphabetic: 'a"},{"00280011":{\\' }] }, '00081140': sq({ '00280010': us(9) }), '00081150': { vr: 'UI' } };
    const { metadata, ofFrame } = await read({ ...others, ...wanted });
    expect(metadata).toEqual(wanted);
    expect(ofFrame(1)).toBeUndefined();
  });

  it('given items of frames, then each with what pictures need', async () => {
    const voi = sq({ '00281050': us(7) });
    const frames = [{ '00289132': voi, '00289145': voi }, {}, { '00209113': sq({ '00289132': us(1) }), '00289132': voi, '00200000': us(1) }];
    const { metadata, ofFrame } = await read({ '00280010': us(4), '52009230': sq(...frames), '7FE00010': us(1) });
    expect(Object.keys(metadata).sort()).toEqual(['00280010', '7FE00010']);
    expect([1, 2, 3, 4].map(ofFrame)).toEqual([frames[0], undefined, { '00289132': voi }, undefined]);
  });

  it.each([[{}, {}], [{ '00280010': us(4) }, { '00280010': us(4) }], [{ '52009230': sq() }, {}], [{ '52009230': { vr: 'SQ' } }, {}]])('given %j, then that', async (dataSet, wanted) => {
    const { metadata, ofFrame } = await read(dataSet);
    expect([metadata, ofFrame(1)]).toEqual([wanted, undefined]);
  });

  it('given many frames, then others have their turn while it is read', async () => {
    const item = { '00289132': sq({ '00281050': us(7) }), '00209113': { vr: 'LT', Value: ['x'.repeat(1000)] } };
    let turns = 0;
    const count = (): void => void (turns++, timer = setImmediate(count));
    let timer = setImmediate(count);
    const { ofFrame, length } = await read({ '52009230': sq(...Array.from({ length: 3000 }, () => item)) });
    clearImmediate(timer);
    expect(turns).toBeGreaterThan(3);
    expect(length).toBeLessThan(3000 * 100);
    expect(ofFrame(3000)).toEqual({ '00289132': item['00289132'] });
  });

  it('given more than is parsed in one go, then it is refused', async () => {
    await expect(read({ '00283006': { vr: 'LT', Value: ['x'.repeat(5_000_000)] } })).rejects.toMatchObject({ code: 'too-large' });
  });
});
