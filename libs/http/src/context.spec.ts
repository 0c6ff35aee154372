import { type IncomingHttpHeaders } from 'node:http';
import { describe, expect, it } from '@jest/globals';
import { contextHeader, readContext, type RequestContext, secretHeader, stripContext, writeContext } from './context.js';
import { Unauthorized } from './errors/http-errors.js';

const secret = 'a'.repeat(32);
const context: RequestContext = {
  requestId: 'r', dialect: 'dicom-web', partition: 'p', partitionInPath: true, baseUrl: 'https://host/dicom-web/partitions/p',
  principal: { name: 'Müller\r\nX: 1 😀', permissions: ['read'], partitions: ['p'] },
};

describe('the request context', () => {
  it('given a name outside of ASCII, then the header is printable ASCII and reads back the same', () => {
    const headers: IncomingHttpHeaders = {};
    writeContext(headers, context, secret);
    expect(headers[contextHeader]).toMatch(/^[\x20-\x7e]+$/);
    expect(readContext(headers, secret)).toEqual(context);
  });

  it.each([
    ['no headers', {}],
    ['no secret', { [contextHeader]: JSON.stringify(context) }],
    ['no context', { [secretHeader]: secret }],
    ['a wrong secret', { [contextHeader]: JSON.stringify(context), [secretHeader]: 'b'.repeat(32) }],
    ['a part of the secret', { [contextHeader]: JSON.stringify(context), [secretHeader]: 'a' }],
    ['the secret twice', { [contextHeader]: JSON.stringify(context), [secretHeader]: `${secret}, ${secret}` }],
  ])('given %s, then it is unauthorized', (_case, headers) => {
    expect(() => readContext(headers, secret)).toThrow(Unauthorized);
  });

  it('given a client that sends them, then stripping removes both headers and nothing else', () => {
    const headers = { [contextHeader]: '{}', [secretHeader]: secret, accept: '*/*' };
    stripContext(headers);
    expect(headers).toEqual({ accept: '*/*' });
  });
});
