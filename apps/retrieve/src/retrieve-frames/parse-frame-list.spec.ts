import { BadRequest } from '@isocenter/http';
import { describe, expect, it } from '@jest/globals';
import { parseFrameList } from './parse-frame-list.js';

describe('parseFrameList', () => {
  it.each([['1', [1]], ['3,1,2', [3, 1, 2]], ['1, 2', [1, 2]], ['0007', [7]]])('given %s, then the frames in that order', (text, frames) => {
    expect(parseFrameList(text)).toEqual(frames);
  });

  it.each(['0', '-1', '1,,2', 'a', '1.5', '', '1e3', '99999999999'])('given %s, then it is refused', (text) => {
    expect(() => parseFrameList(text)).toThrow(BadRequest);
  });
});
