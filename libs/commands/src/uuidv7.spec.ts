import { describe, expect, it } from '@jest/globals';
import { uuidv7 } from './uuidv7.js';

describe('uuidv7', () => {
  it('given many in one millisecond, then each is greater than the one before and of version 7', () => {
    const ids = Array.from({ length: 20_000 }, () => uuidv7());
    for (let at = 1; at < ids.length; at += 1) expect(ids[at]! > ids[at - 1]!).toBe(true);
    expect(ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id))).toBe(true);
  });

  it('given the time, then the first 48 bits are milliseconds since 1970', () => {
    const before = Date.now();
    const time = parseInt(uuidv7().replaceAll('-', '').slice(0, 12), 16);
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThan(before + 60_000);
  });
});
