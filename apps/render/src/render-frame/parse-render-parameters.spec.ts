import { dialectPolicies, MAX_NUMBER } from '@isocenter/http';
import { describe, expect, it } from '@jest/globals';
import { parseRenderParameters } from './parse-render-parameters.js';

const { render: azure } = dialectPolicies['azure-v2'];
const { render: web } = dialectPolicies['dicom-web'];
const parse = (query: Record<string, string>, policy = web): ReturnType<typeof parseRenderParameters> => parseRenderParameters(new Map(Object.entries(query)), policy);

describe('parseRenderParameters', () => {
  it('given none, then the quality of the dialect', () => {
    expect([parse({}, azure).quality, parse({}).quality]).toEqual([100, 90]);
  });

  it('given a window and a viewport, then both; a dialect that does not know them passes over even invalid ones', () => {
    expect(parse({ window: '-600, 1500 ,Linear-Exact', viewport: '200,100,,,-3.5,' })).toMatchObject({
      window: { center: -600, width: 1500, function: 'LINEAR_EXACT' }, viewport: { width: 200, height: 100, sourceWidth: -3.5 },
    });
    expect(parse({ window: 'nonsense', viewport: '0' }, azure)).toMatchObject({ window: undefined, viewport: undefined });
  });

  it('given rows or columns, then the most that is wanted, and a viewport counts before them', () => {
    expect([parse({ rows: '5928' }).viewport, parse({ columns: '7', rows: '8' }).viewport]).toEqual([{ width: MAX_NUMBER, height: 5928, isMost: true }, { width: 7, height: 8, isMost: true }]);
    expect([parse({ rows: '8', viewport: '1,2' }).viewport?.isMost, parse({ rows: '8' }, azure).viewport]).toEqual([undefined, undefined]);
  });

  it('given other parameters, then another name', () => {
    const queries: Record<string, string>[] = [{}, { quality: '80' }, { window: '1,2,linear' }, { window: '1,2,sigmoid' }, { viewport: '1,2' }, { columns: '1', rows: '2' }, { region: '0,0,1,1' }, { iccprofile: 'yes' }, { iccprofile: 'srgb' }];
    const names = queries.map((query) => parse(query).name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('given the same in other words, then the same name', () => {
    expect(parse({ viewport: ' 1 , 2 ', window: ' +1 , 2 , linear ' }).name).toBe(parse({ viewport: '1,2', window: '1,2,LINEAR' }).name);
    expect(parse({ iccprofile: 'NO' }).name).toBe(parse({}).name);
  });
});
