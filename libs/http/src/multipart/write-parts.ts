import { randomBytes } from 'node:crypto';

/** What stands around the parts of a multipart answer. The bodies between are sent as they are. */
export interface MultipartWriter {
  /** Content-Type of the answer. */
  readonly contentType: string;
  /** Everything from the end of the part before (nothing, for the first) to the first byte of the next body. */
  partHead(contentType: string, headers?: Readonly<Record<string, string>>): Buffer;
  /** Everything behind the last body. */
  closing(): Buffer;
}

/**
 * Makes the delimiters of one answer. Viewers read them literally: the body begins with `--boundary`, lines end in CRLF,
 * `Content-Type:` in that spelling is the first field, no blank precedes the boundary.
 */
export function createMultipartWriter(partType: string, boundary: string = newBoundary()): MultipartWriter {
  let lead = '';
  return {
    // The boundary is a token, so it needs no quotes, and some clients do not remove any.
    contentType: `multipart/related; type="${partType}"; boundary=${boundary}`,
    partHead(contentType, headers = {}) {
      const fields = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('');
      const head = `${lead}--${boundary}\r\nContent-Type: ${contentType}\r\n${fields}\r\n`;
      lead = '\r\n';
      return Buffer.from(head, 'latin1');
    },
    closing: () => Buffer.from(`${lead}--${boundary}--\r\n`, 'latin1'),
  };
}

/**
 * 128 random bits that no sender of data can know. That a terabyte of other data holds them has a chance of about
 * 2^40 / 2^128; data is therefore not searched.
 */
function newBoundary(): string {
  return `isocenter-${randomBytes(16).toString('hex')}`;
}
