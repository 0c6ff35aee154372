import { describe, expect, it } from '@jest/globals';
import { fitPicture } from './fit-picture.js';

const image = { columns: 100, rows: 50 };
const size = { width: 10, height: 20 };

describe('fitPicture', () => {
  it('given no viewport, then the image as it is', () => {
    expect(fitPicture(undefined, image)).toEqual({});
  });

  it.each([
    [{}, [0, 0, 100, 50], [false, false]],
    [{ left: 10, top: 5 }, [10, 5, 90, 45], [false, false]],
    [{ left: 10, top: 5, sourceWidth: 20, sourceHeight: -30 }, [10, 5, 20, 30], [false, true]],
    [{ left: 90, top: 40, sourceWidth: -20, sourceHeight: 30 }, [90, 40, 10, 10], [true, false]],
    [{ left: 0.4, top: 0.6, sourceWidth: 0.1, sourceHeight: 0.1 }, [0, 0, 1, 1], [false, false]],
  ])('given %o, then the region of whole pixels inside of the image', (source, [left, top, width, height], [horizontally, vertically]) => {
    expect(fitPicture({ ...size, ...source }, image)).toEqual({ fit: size, region: { left, top, width, height }, mirror: { horizontally, vertically } });
  });

  it.each([{ left: 100 }, { top: 50 }, { left: 500, sourceWidth: 3 }])('given %o, which lies outside, then the error of a region', (source) => {
    expect(() => fitPicture({ ...size, ...source }, image)).toThrow(expect.objectContaining({ code: 'region' }));
  });
});
