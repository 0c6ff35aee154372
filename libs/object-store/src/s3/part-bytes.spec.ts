import { describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { PartBytes } from './part-bytes.js';

const partOf = (chunks: readonly Buffer[]): PartBytes => {
  const part = new PartBytes();
  for (const chunk of chunks) part.add(chunk);
  return part;
};

describe('the bytes of a part', () => {
  it('given chunks, then are those chunks and no copies', () => {
    const chunks = [randomBytes(10), randomBytes(100_000), randomBytes(4096)];
    const part = partOf(chunks);
    expect(part.chunks).toEqual(chunks);
    expect(part.chunks[1]).toBe(chunks[1]);
  });

  it.each([1, 3, 100, 4095])('given very many chunks of %d bytes and large ones between them, then are few buffers with the same bytes', (length) => {
    const bytes = randomBytes(1_000_000);
    const chunks: Buffer[] = [];
    for (let at = 0; at < bytes.length; at += chunks.at(-1)!.length) chunks.push(bytes.subarray(at, at + (chunks.length % 10_000 === 9_999 ? 50_000 : length)));
    const part = partOf(chunks);
    expect(bytes.equals(Buffer.concat(part.chunks))).toBe(true);
    expect(part.size).toBe(bytes.length);
    expect(part.chunks.length).toBeLessThan(120);
  });

  it('has the CRC-32 of all bytes, as S3 writes it', () => {
    expect(partOf([Buffer.from('1234'), Buffer.from('56789')]).checksum).toBe(Buffer.from('cbf43926', 'hex').toString('base64'));
    expect(partOf([]).checksum).toBe('AAAAAA==');
  });
});
