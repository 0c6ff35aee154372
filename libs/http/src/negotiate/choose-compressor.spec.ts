import { describe, expect, it } from '@jest/globals';
import { chooseCompressor } from './choose-compressor.js';

describe('chooseCompressor', () => {
  it.each([
    [undefined, undefined],
    ['', undefined],
    ['identity', undefined],
    ['br', undefined],
    ['gzip', 'gzip'],
    ['gzip, deflate, br, zstd', 'zstd'],
    ['gzip;q=1.0, zstd;q=0.5', 'gzip'],
    ['zstd;q=0, *', 'gzip'],
    ['*;q=0', undefined],
    ['GZIP', 'gzip'],
  ])('given Accept-Encoding %s, then %s', (header, name) => {
    expect(chooseCompressor(header)?.name).toBe(name);
  });
});
