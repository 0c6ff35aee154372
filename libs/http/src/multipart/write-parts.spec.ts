import { describe, expect, it } from '@jest/globals';
import { createMultipartWriter } from './write-parts.js';

describe('createMultipartWriter', () => {
  it('given two parts, then the bytes are exactly those that viewers expect', () => {
    const writer = createMultipartWriter('application/octet-stream', 'B');
    const text = [writer.partHead('application/octet-stream; transfer-syntax=1.2'), 'one', writer.partHead('image/jls', { 'Content-Location': '/x' }), 'two', writer.closing()].join('');
    expect(writer.contentType).toBe('multipart/related; type="application/octet-stream"; boundary=B');
    expect(text).toBe('--B\r\nContent-Type: application/octet-stream; transfer-syntax=1.2\r\n\r\none\r\n--B\r\nContent-Type: image/jls\r\nContent-Location: /x\r\n\r\ntwo\r\n--B--\r\n');
  });

  it('given no part, then there is only the closing boundary', () => {
    expect(createMultipartWriter('application/dicom', 'B').closing().toString()).toBe('--B--\r\n');
  });

  it('given two answers, then their boundaries differ and fit RFC 2046', () => {
    const [one, two] = [createMultipartWriter('a/b').contentType, createMultipartWriter('a/b').contentType];
    expect(one).toMatch(/boundary=[A-Za-z0-9-]{1,70}$/);
    expect(one).not.toBe(two);
  });
});
