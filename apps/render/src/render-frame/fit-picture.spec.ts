import { MAX_NUMBER } from '@isocenter/http';
import { describe, expect, it } from '@jest/globals';
import { fitPicture } from './fit-picture.js';
import { type Viewport } from './parse-render-parameters.js';

const image = { columns: 100, rows: 50 };
const size = { width: 10, height: 20 };

describe('fitPicture', () => {
  it('given no viewport, then the image as it is', () => {
    expect(fitPicture({}, image)).toEqual({});
  });

  it.each([
    [{}, [0, 0, 100, 50], [false, false]],
    [{ left: 10, top: 5 }, [10, 5, 90, 45], [false, false]],
    [{ left: 10, top: 5, sourceWidth: 20, sourceHeight: -30 }, [10, 5, 20, 30], [false, true]],
    [{ left: 90, top: 40, sourceWidth: -20, sourceHeight: 30 }, [90, 40, 10, 10], [true, false]],
    [{ left: 0.4, top: 0.6, sourceWidth: 0.1, sourceHeight: 0.1 }, [0, 0, 1, 1], [false, false]],
  ])('given %o, then the region of whole pixels inside of the image', (source, [left, top, width, height], [horizontally, vertically]) => {
    expect(fitPicture({ viewport: { ...size, ...source } }, image)).toEqual({ fit: { width: 10, height: Math.min(20, Math.ceil((10 * height!) / width!)) }, region: { left, top, width, height }, mirror: { horizontally, vertically } });
  });

  it('given fractions, then the pixels that they cover, fitted into the viewport if there is one', () => {
    const region = { left: 0.25, top: 0.5, right: 0.75, bottom: 1 };
    expect(fitPicture({ region }, image)).toEqual({ region: { left: 25, top: 25, width: 50, height: 25 }, fit: undefined });
    expect(fitPicture({ region: { left: 0.999, top: 0, right: 1, bottom: 0.001 }, viewport: size }, image)).toEqual({ region: { left: 99, top: 0, width: 1, height: 1 }, fit: { width: 10, height: 10 } });
  });

  it.each([
    [[4096, 4096], [4096, 2048], [4096, 2048]], [[5000, 100], [200, 100], [200, 100]], [[5000, 5000], undefined, [4096, 2048]], [[1e9, 4096], undefined, [4096, 2048]],
  ] as const)('given columns and rows of %o, then a picture of %o for a viewport, and of %o where they are the most that is wanted', ([width, height], fitted, most) => {
    const fitOf = (viewport: Viewport): number[] => Object.values(fitPicture({ viewport }, image).fit!);
    if (fitted === undefined) expect(() => fitOf({ width, height })).toThrow(expect.objectContaining({ code: 'region' }));
    else expect(fitOf({ width, height })).toEqual(fitted);
    expect(fitOf({ width, height, isMost: true })).toEqual(most);
  });

  it.each([[[4728, 5928], [4728, 5928]], [[5000, 6000], [4728, 5928]], [[9000, 3000], [2393, 3000]], [[MAX_NUMBER, 100], [80, 100]], [[MAX_NUMBER, MAX_NUMBER], [4728, 5928]]] as const)('given an image of 4728 columns and 5928 rows and the most of %o, then it fits into %o', ([width, height], fitted) => {
    expect(Object.values(fitPicture({ viewport: { width, height, isMost: true } }, { columns: 4728, rows: 5928 }).fit!)).toEqual(fitted);
  });

  it('given the part of a large image, then that is not enlarged either', () => {
    const part = { left: 0, top: 0, sourceWidth: 10, sourceHeight: 10 };
    expect(() => fitPicture({ viewport: { width: 20_000, height: 20_000, ...part } }, { columns: 40_000, rows: 40_000 })).toThrow(expect.objectContaining({ code: 'region' }));
    const region = { left: 0, top: 0, right: 0.001, bottom: 0.001 };
    expect(fitPicture({ viewport: { width: 20_000, height: 20_000, isMost: true }, region }, { columns: 40_000, rows: 40_000 }).fit).toEqual({ width: 4096, height: 4096 });
  });

  it.each([{ left: 100 }, { top: 50 }, { left: 500, sourceWidth: 3 }])('given %o, which lies outside, then the error of a region', (source) => {
    expect(() => fitPicture({ viewport: { ...size, ...source } }, image)).toThrow(expect.objectContaining({ code: 'region' }));
  });
});
