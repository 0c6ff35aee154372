import { describe, expect, it } from '@jest/globals';
import { fitPicture } from './fit-picture.js';

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
    expect(fitPicture({ viewport: { ...size, ...source } }, image)).toEqual({ fit: size, region: { left, top, width, height }, mirror: { horizontally, vertically } });
  });

  it('given fractions, then the pixels that they cover, fitted into the viewport if there is one', () => {
    const region = { left: 0.25, top: 0.5, right: 0.75, bottom: 1 };
    expect(fitPicture({ region }, image)).toEqual({ region: { left: 25, top: 25, width: 50, height: 25 }, fit: undefined });
    expect(fitPicture({ region: { left: 0.999, top: 0, right: 1, bottom: 0.001 }, viewport: size }, image)).toEqual({ region: { left: 99, top: 0, width: 1, height: 1 }, fit: size });
  });

  it.each([{ left: 100 }, { top: 50 }, { left: 500, sourceWidth: 3 }])('given %o, which lies outside, then the error of a region', (source) => {
    expect(() => fitPicture({ viewport: { ...size, ...source } }, image)).toThrow(expect.objectContaining({ code: 'region' }));
  });
});
