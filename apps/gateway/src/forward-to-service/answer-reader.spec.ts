import { describe, expect, it } from '@jest/globals';
import { AnswerReader, MalformedAnswer, type AnswerListener } from './answer-reader.js';

/** What was told, with pieces of a body joined. */
function read(pieces: readonly Buffer[], method = 'GET'): unknown[] {
  const told: unknown[] = [];
  const listener: AnswerListener = {
    onContinue: () => void told.push('continue'),
    onHead: ({ status, fields }) => void told.push([status, ...fields.map(([name, value]) => `${name}=${value}`)]),
    onBody: (bytes) => void (typeof told.at(-1) === 'string' && String(told.at(-1)).startsWith('body:') ? told.push(`${String(told.pop())}${bytes.toString('latin1')}`) : told.push(`body:${bytes.toString('latin1')}`)),
    onEnd: (reusable) => void told.push(reusable ? 'end' : 'end, close'),
  };
  const reader = new AnswerReader(method, listener);
  for (const piece of pieces) reader.take(piece);
  return told;
}

const answers: [name: string, bytes: string, told: unknown[]][] = [
  ['a length', 'HTTP/1.1 200 OK\r\nContent-Type: x/y\r\nContent-Length: 5\r\n\r\nhello', [[200, 'content-type=x/y', 'content-length=5'], 'body:hello', 'end']],
  ['no bytes', 'HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n', [[200, 'content-length=0'], 'end']],
  ['chunks', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n00A;x=y\r\n0123456789\r\n0\r\n\r\n', [[200, 'transfer-encoding=chunked'], 'body:hello0123456789', 'end']],
  ['chunks and trailers', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nsum: 1\r\nmore: 2\r\n\r\n', [[200, 'transfer-encoding=chunked'], 'body:x', 'end']],
  ['line ends in its body', 'HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\n\r\n\r\n\r\n\r\n', [[200, 'content-length=8'], 'body:\r\n\r\n\r\n\r\n', 'end']],
  ['100 and 103 before it', 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n', ['continue', [204], 'end']],
  ['no body because of 304', 'HTTP/1.1 304 Not Modified\r\ncontent-length: 9\r\n\r\n', [[304, 'content-length=9'], 'end']],
  ['a field twice, one empty, no reason', 'HTTP/1.1 409 \r\na: 1\r\nA:2 \r\nb:\r\ncontent-length: 0\r\n\r\n', [[409, 'a=1', 'a=2', 'b=', 'content-length=0'], 'end']],
  ['a connection that is closed', 'HTTP/1.1 413 Too Large\r\nConnection: close\r\ncontent-length: 1\r\n\r\nx', [[413, 'connection=close', 'content-length=1'], 'body:x', 'end, close']],
  ['version 1.0', 'HTTP/1.0 200 OK\r\ncontent-length: 1\r\n\r\nx', [[200, 'content-length=1'], 'body:x', 'end, close']],
];

describe('AnswerReader', () => {
  it.each(answers)('given %s, however the bytes are cut, then it tells the same', (_name, text, told) => {
    const bytes = Buffer.from(text, 'latin1');
    expect(read([bytes])).toEqual(told);
    expect(read([...bytes].map((byte) => Buffer.of(byte)))).toEqual(told);
    for (let at = 1; at < bytes.length; at += 1) expect(read([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(told);
  });

  it.each([
    ['no answer', 'SSH-2.0-x\r\n\r\n'], ['another version', 'HTTP/2 200 OK\r\n\r\n'], ['a head without fields', 'HTTP/1.1 200 OK\r\nnothing\r\n\r\n'],
    ['no length', 'HTTP/1.1 200 OK\r\n\r\nhello'], ['a length that is none', 'HTTP/1.1 200 OK\r\ncontent-length: 5, 5\r\n\r\nhello'], ['another encoding', 'HTTP/1.1 200 OK\r\ntransfer-encoding: gzip, chunked\r\n\r\n'],
    ['a chunk without size', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nhello\r\n'], ['bytes behind its end', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\nxy'],
    ['a head without end', `HTTP/1.1 200 OK\r\na: ${'x'.repeat(70_000)}`],
  ])('given %s, then it is refused', (_name, text) => {
    expect(() => read([Buffer.from(text, 'latin1')])).toThrow(MalformedAnswer);
  });

  it('given the answer to a HEAD, then there is no body', () => {
    expect(read([Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n')], 'HEAD')).toEqual([[200, 'content-length=9'], 'end']);
  });

  it('given a body in pieces, then each is passed as a view, not as a copy', () => {
    const bytes = Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello');
    const pieces: Buffer[] = [];
    new AnswerReader('GET', { onContinue: () => undefined, onHead: () => undefined, onBody: (piece) => void pieces.push(piece), onEnd: () => undefined }).take(bytes);
    expect(pieces[0]!.buffer).toBe(bytes.buffer);
  });
});
