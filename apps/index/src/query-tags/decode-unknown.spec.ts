import { describe, expect, it } from '@jest/globals';
import { decodeUnknown } from './decode-unknown.js';

const bytes = (...values: number[]): string => Buffer.from(values).toString('base64');
const text = (value: string, encoding: BufferEncoding = 'utf8'): string => Buffer.from(value, encoding).toString('base64');

describe('decodeUnknown', () => {
  it.each<[string, string, unknown[]]>([
    ['US', bytes(7, 0, 255, 255), [7, 65_535]], ['SS', bytes(255, 255), [-1]], ['UL', bytes(0, 0, 0, 128), [2_147_483_648]], ['SL', bytes(254, 255, 255, 255), [-2]],
    ['FL', bytes(0, 0, 192, 63), [1.5]], ['FD', bytes(0, 0, 0, 0, 0, 0, 4, 192), [-2.5]],
    ['LO', text('Head '), ['Head']], ['CS', text('A\\B\0'), ['A', 'B']], ['DA', text('20260102'), ['20260102']], ['UI', text('1.2.3\0'), ['1.2.3']], ['IS', text('12 \\ 7'), ['12', '7']],
    ['SH', text('Größe'), ['Größe']], ['PN', text('Doe^Jane=山^田'), [{ Alphabetic: 'Doe^Jane', Ideographic: '山^田' }]],
  ])('given %s in %s, then its values', (vr, base64, values) => {
    expect(decodeUnknown(vr, base64)).toEqual({ vr, Value: values });
  });

  it.each<[string, string, string]>([['US', 'an odd length', bytes(1, 2, 3)], ['FD', 'too few bytes', bytes(1, 2, 3, 4)], ['US', 'nothing', ''], ['LO', 'Latin-1', text('Größe', 'latin1')], ['LO', 'an escape sequence', text('\x1b$B;3')], ['CS', 'binary bytes', bytes(0, 1, 2, 3)]])('given %s and %s, then nothing', (vr, _what, base64) => {
    expect(decodeUnknown(vr, base64)).toBeUndefined();
  });
});
