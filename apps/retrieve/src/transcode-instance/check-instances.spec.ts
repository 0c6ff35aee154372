import { describe, expect, it } from '@jest/globals';
import { heldBy } from './check-instances.js';

const MB = 1024 * 1024;

describe('heldBy', () => {
  it.each([
    ['one instance', 36 * MB, 1, { bytes: 36 * MB, ahead: 1 }], ['small instances', MB, 100, { bytes: 4 * MB, ahead: 3 }], ['two small ones', MB, 2, { bytes: 2 * MB, ahead: 3 }],
    ['instances of which two are more than an answer may hold', 36 * MB, 100, { bytes: 72 * MB, ahead: 1 }], ['none whose frames are worked on', 0, 100, { bytes: 0, ahead: 3 }],
  ])('given %s, then what is in work at once', (_what, largest, count, held) => {
    expect(heldBy(largest, count)).toEqual(held);
  });
});
