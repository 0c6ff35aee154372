import { describe, expect, it } from '@jest/globals';
import { parseMultipart, storeBody, storeContentType } from './multipart.js';

describe('multipart', () => {
  it('reads back what it wrote, CRLF in the bytes and all', () => {
    const bodies = [Buffer.from('a\r\n\r\nb\r\n--x'), Buffer.alloc(0), Buffer.from('c')];
    const parts = parseMultipart(Buffer.concat(storeBody(bodies.map((body) => [body]))), storeContentType);
    expect(parts.map(({ body }) => body)).toEqual(bodies);
    expect(parts[0]?.headers).toEqual({ 'content-type': 'application/dicom' });
  });

  it.each(['--b\r\n\r\nx', 'text\r\n--b\r\n\r\nx\r\n--b--', '--b\r\nno empty line\r\n--b--'])('refuses %j', (text) => {
    expect(() => parseMultipart(Buffer.from(text), 'multipart/related; boundary=b')).toThrow();
  });
});
