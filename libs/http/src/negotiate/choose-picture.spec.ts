import { describe, expect, it } from '@jest/globals';
import { choosePicture } from './choose-picture.js';
import { parseAccept } from './parse-accept.js';

const choose = (accept?: string): string => choosePicture(parseAccept(accept), ['image/jpeg', 'image/png']);

describe('choosePicture', () => {
  it.each([
    [undefined, 'image/jpeg'], ['*/*', 'image/jpeg'], ['image/*', 'image/jpeg'], ['image/png', 'image/png'], ['IMAGE/PNG', 'image/png'], ['image/jpg', 'image/jpeg'],
    ['image/gif, image/png;q=0.2', 'image/png'], ['image/jpeg;q=0.5, image/png', 'image/png'], ['image/webp, */*;q=0.1', 'image/jpeg'],
    ['image/jpeg;q=0, */*', 'image/png'], ['image/*, image/jpeg;q=0', 'image/png'],
  ])('given %s, then %s', (accept, expected) => {
    expect(choose(accept)).toBe(expected);
  });

  it.each(['image/gif', 'application/dicom', 'image/png;q=0', 'image/*;q=0, */*', 'multipart/related; type="image/jpeg"'])('given %s, which there is not, then 406 that says what there is', (accept) => {
    expect(() => choose(accept)).toThrow('image/jpeg, image/png');
  });
});
