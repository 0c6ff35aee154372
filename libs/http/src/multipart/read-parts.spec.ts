import { Readable } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { BodyTooLarge, MalformedMultipart, PartHeaderTooLarge, TooManyParts, TruncatedMultipart } from './multipart-errors.js';
import { readParts, type ReadPartsOptions } from './read-parts.js';
import { createMultipartWriter } from './write-parts.js';

interface Seen { headers: Record<string, string>; contentType: string | undefined; body: string }

function* slices(data: Buffer, size: number): Generator<Buffer> {
  for (let begin = 0; begin < data.length; begin += size) yield data.subarray(begin, begin + size);
}

async function* chunked(data: Buffer, size: number): AsyncGenerator<Buffer> {
  yield* slices(data, size);
}

async function readAll(source: AsyncIterable<Buffer>, options: Partial<ReadPartsOptions> = {}): Promise<Seen[]> {
  const seen: Seen[] = [];
  for await (const part of readParts(source, { boundary: 'b', ...options })) {
    const chunks: Buffer[] = [];
    for await (const chunk of part.body) chunks.push(chunk);
    expect(part.index).toBe(seen.length);
    seen.push({ headers: Object.fromEntries(part.headers), contentType: part.contentType, body: Buffer.concat(chunks).toString('latin1') });
  }
  return seen;
}

const read = (text: string, options: Partial<ReadPartsOptions> = {}) => readAll(chunked(Buffer.from(text, 'latin1'), 1 << 16), options);
const dicom = { headers: { 'content-type': 'application/dicom' }, contentType: 'application/dicom' };

/** Bodies that real clients send, with what is in them. */
const accepted: readonly (readonly [string, string, readonly Seen[]])[] = [
  ['a plain body', '--b\r\nContent-Type: application/dicom\r\n\r\nDATA\r\n--b--\r\n', [{ ...dicom, body: 'DATA' }]],
  ['two parts', '--b\r\nContent-Type: application/dicom\r\n\r\n1\r\n--b\r\nContent-Type: application/dicom\r\n\r\n2\r\n--b--\r\n', [{ ...dicom, body: '1' }, { ...dicom, body: '2' }]],
  ['a line end before the first boundary', '\r\n--b\r\n\r\nX\r\n--b--\r\n', [{ headers: {}, contentType: undefined, body: 'X' }]],
  ['a preamble and an epilogue', 'This is MIME.\r\n-- b\r\n--b\r\n\r\nX\r\n--b--\r\nbye\r\n--b\r\n', [{ headers: {}, contentType: undefined, body: 'X' }]],
  ['no line end after the closing boundary', '--b\r\n\r\nX\r\n--b--', [{ headers: {}, contentType: undefined, body: 'X' }]],
  ['empty lines in the data', '--b\r\n\r\n\r\n\r\nX\r\n\r\nY\r\n\r\n--b--', [{ headers: {}, contentType: undefined, body: '\r\n\r\nX\r\n\r\nY\r\n' }]],
  ['data that begin as the boundary does', '--b\r\n\r\n\r\n--bc\r\n--b-\r\n-\r--b\n--\r\n--b--', [{ headers: {}, contentType: undefined, body: '\r\n--bc\r\n--b-\r\n-\r--b\n--' }]],
  ['data that end in line ends', '--b\r\n\r\nX\r\r\n\r\n\r\n--b--', [{ headers: {}, contentType: undefined, body: 'X\r\r\n\r\n' }]],
  ['blanks behind the boundary', '--b \t \r\n\r\nX\r\n--b  \r\n\r\nY\r\n--b--  \r\n', [{ headers: {}, contentType: undefined, body: 'X' }, { headers: {}, contentType: undefined, body: 'Y' }]],
  ['an empty part', '--b\r\nContent-Type: application/dicom\r\n\r\n\r\n--b--', [{ ...dicom, body: '' }]],
  ['an empty part whose delimiter follows the empty line', '--b\r\nContent-Type: application/dicom\r\n\r\n--b--', [{ ...dicom, body: '' }]],
  ['a part without even an empty line', '--b\r\nContent-Type: application/dicom\r\n--b\r\n--b--', [{ ...dicom, body: '' }, { headers: {}, contentType: undefined, body: '' }]],
  ['line feeds only', '--b\nContent-Type: application/dicom\n\nX\nY\n--b\n\nZ\n--b--\n', [{ ...dicom, body: 'X\nY' }, { headers: {}, contentType: undefined, body: 'Z' }]],
  ['odd header fields', '--b\r\ncontent-TYPE :application/dicom;\r\n  transfer-syntax=1.2\r\nstray\r\nX: 1\r\nX: 2\r\n\r\nD\r\n--b--', [{ headers: { 'content-type': 'application/dicom; transfer-syntax=1.2', x: '2' }, contentType: 'application/dicom; transfer-syntax=1.2', body: 'D' }]],
  ['no part', '--b--\r\n', []],
  ['nothing at all', '', []],
];

describe('readParts', () => {
  it.each(accepted)('given %s, then every chunk size gives the same parts', async (_case, text, parts) => {
    const data = Buffer.from(text, 'latin1');
    for (let size = 1; size <= data.length + 1; size += 1) expect(await readAll(chunked(data, size))).toEqual(parts);
  });

  it.each(accepted)('given %s in two chunks, then every place of the cut gives the same parts', async (_case, text, parts) => {
    const data = Buffer.from(text, 'latin1');
    for (let cut = 1; cut < data.length; cut += 1) {
      const source = Readable.from([data.subarray(0, cut), data.subarray(cut)], { objectMode: true });
      expect(await readAll(source)).toEqual(parts);
    }
  });

  it('given parts without Content-Type, then they have the standard type', async () => {
    expect(await read('--b\r\n\r\nX\r\n--b--', { standardType: 'application/dicom' })).toMatchObject([{ headers: {}, contentType: 'application/dicom' }]);
  });

  it('given a boundary of special characters, then they are taken literally', async () => {
    expect(await read('--a.b(c)+ d\r\n\r\nX\r\n--aXb(c)+ d--\r\n--a.b(c)+ d--', { boundary: 'a.b(c)+ d' })).toMatchObject([{ body: 'X\r\n--aXb(c)+ d--' }]);
  });

  it.each([
    ['no boundary', 'hello', MalformedMultipart],
    ['another boundary', '--c\r\n\r\nX\r\n--c--', MalformedMultipart],
    ['text behind the boundary', '--b \tx\r\n\r\nX\r\n--b--', MalformedMultipart],
    ['an end inside of the boundary line', '--b \t', TruncatedMultipart],
    ['an end inside of a header', '--b\r\nContent-Ty', TruncatedMultipart],
    ['an end inside of the data', '--b\r\n\r\nDATA', TruncatedMultipart],
    ['an end inside of the closing boundary', '--b\r\n\r\nDATA\r\n--b-', TruncatedMultipart],
    ['an end behind a boundary', '--b\r\n\r\nDATA\r\n--b', TruncatedMultipart],
    ['a header without end', `--b\r\n${'X: y\r\n'.repeat(4000)}`, PartHeaderTooLarge],
    ['binary data instead of a header', `--b\r\n${'\0'.repeat(20_000)}\r\n\r\n--b--`, PartHeaderTooLarge],
    ['a preamble without end', 'x'.repeat(200_000), MalformedMultipart],
  ])('given %s, then every chunk size gives the same error', async (_case, text, errorClass) => {
    const data = Buffer.from(text, 'latin1');
    for (const size of [7, 1000, 1 << 20]) await expect(readAll(chunked(data, size))).rejects.toThrow(errorClass);
    if (data.length < 100) await expect(readAll(chunked(data, 1))).rejects.toThrow(errorClass);
  });

  it('given more parts than the limit, then it throws after the last allowed one', async () => {
    const text = `${'--b\r\n\r\nX\r\n'.repeat(3)}--b--`;
    expect(await read(text, { maxParts: 3 })).toHaveLength(3);
    await expect(read(text, { maxParts: 2 })).rejects.toThrow(TooManyParts);
  });

  it('given more bytes than the limit, then it throws, also when the part is skipped', async () => {
    const text = `--b\r\n\r\n${'X'.repeat(100)}\r\n--b--`;
    expect(await read(text, { maxBytes: text.length })).toHaveLength(1);
    await expect(readAll(chunked(Buffer.from(text), 10), { maxBytes: text.length - 1 })).rejects.toThrow(BodyTooLarge);
    await expect((async () => {
      for await (const part of readParts(chunked(Buffer.from(text), 10), { boundary: 'b', maxBytes: 50 })) expect(part.index).toBe(0);
    })()).rejects.toThrow(BodyTooLarge);
  });

  it('given a consumer that leaves parts unread or half-read, then the next part is the right one', async () => {
    const data = Buffer.from(`--b\r\nN: 0\r\n\r\n${'0'.repeat(50)}\r\n--b\r\nN: 1\r\n\r\n${'1'.repeat(50)}\r\n--b\r\nN: 2\r\n\r\n22\r\n--b--`);
    const seen: unknown[] = [];
    for await (const part of readParts(chunked(data, 8), { boundary: 'b' })) {
      seen.push(part.headers.get('n'));
      if (part.index === 1) {
        for await (const chunk of part.body) {
          seen.push(chunk.length);
          break;
        }
      }
    }
    expect(seen).toEqual(['0', '1', expect.any(Number), '2']);
  });

  it('given a body that is read after the next part was asked for, then it is empty', async () => {
    const parts = readParts(chunked(Buffer.from('--b\r\n\r\nX\r\n--b\r\n\r\nY\r\n--b--'), 4), { boundary: 'b' });
    const first = await parts.next();
    await parts.next();
    const left: Buffer[] = [];
    if (first.done !== true) for await (const chunk of first.value.body) left.push(chunk);
    expect(left).toEqual([]);
  });

  it('given a consumer that takes nothing, then nothing more is read from the source', async () => {
    let pulled = 0;
    async function* endless(): AsyncGenerator<Buffer> {
      yield Buffer.from('--b\r\n\r\n');
      for (;;) {
        pulled += 1;
        yield Buffer.alloc(1000);
      }
    }
    const parts = readParts(endless(), { boundary: 'b' });
    const part = await parts.next();
    expect(pulled).toBeLessThanOrEqual(1);
    if (part.done !== true) await part.value.body[Symbol.asyncIterator]().next();
    expect(pulled).toBeLessThanOrEqual(2);
    await parts.return();
  });

  it('given a Readable whose reader stops early, then it is not destroyed', async () => {
    const source = Readable.from([Buffer.from('--b\r\n\r\nX'), Buffer.from('Y\r\n--b--')]);
    for await (const part of readParts(source, { boundary: 'b' })) {
      expect(part.index).toBe(0);
      break;
    }
    expect(source.destroyed).toBe(false);
  });

  it('given a source that fails, then its error comes through', async () => {
    const failed = new Error('reset');
    async function* failing(): AsyncGenerator<Buffer> {
      yield Buffer.from('--b\r\n\r\nX');
      throw failed;
    }
    await expect(readAll(failing())).rejects.toBe(failed);
  });

  it('given a consumer that frees each chunk which it got whole, then the rest is read all the same', async () => {
    const piece = 65_536;
    async function* source(): AsyncGenerator<Buffer> {
      yield Buffer.from('--b\r\n\r\n');
      for (let count = 0; count < 10; count += 1) yield Buffer.from(new ArrayBuffer(piece));
      yield Buffer.from('\r\n--b--');
    }
    let bytes = 0;
    let freed = 0;
    for await (const part of readParts(source(), { boundary: 'b' })) for await (const chunk of part.body) {
      bytes += chunk.length;
      if (chunk.length !== chunk.buffer.byteLength) continue;
      (chunk.buffer as ArrayBuffer).transfer(0);
      freed += 1;
    }
    expect(bytes).toBe(10 * piece);
    expect(freed).toBeGreaterThanOrEqual(9);
  });

  it('given large data, then it is passed on as views of the source, not copied', async () => {
    const chunk = Buffer.alloc(1 << 16, 1);
    async function* source(): AsyncGenerator<Buffer> {
      yield Buffer.from('--b\r\n\r\n');
      for (let count = 0; count < 10; count += 1) yield chunk;
      yield Buffer.from('\r\n--b--');
    }
    let views = 0;
    for await (const part of readParts(source(), { boundary: 'b' })) for await (const piece of part.body) if (piece.buffer === chunk.buffer) views += 1;
    // The line feed of the empty line is joined to the first chunk; all others are views.
    expect(views).toBeGreaterThanOrEqual(9);
  });

  it('given 10,000 parts, then all come in order', async () => {
    const writer = createMultipartWriter('application/dicom', 'b');
    const body = Buffer.concat([...Array.from({ length: 10_000 }, (_, index) => [writer.partHead('application/dicom'), Buffer.from(`${index}`)]).flat(), writer.closing()]);
    const seen = await readAll(chunked(body, 1 << 16), { maxParts: 10_000 });
    expect(seen.map(({ body: text }) => Number(text))).toEqual(Array.from({ length: 10_000 }, (_, index) => index));
  });

  it.each([1, 2, 3, 4])('given random data of seed %i in random chunks, then it comes back byte for byte', async (seed) => {
    const random = generator(seed);
    for (let round = 0; round < 60; round += 1) {
      const boundary = 'b'.repeat(1 + random(4));
      const bodies = Array.from({ length: random(6) }, () => nearMisses(random, boundary));
      const writer = createMultipartWriter('application/dicom', boundary);
      const whole = Buffer.concat([...bodies.flatMap((body) => [writer.partHead('application/dicom', { 'X-Y': 'z' }), body]), writer.closing()]);
      const chunks: Buffer[] = [];
      for (let begin = 0; begin < whole.length; ) {
        const end = begin + 1 + random(40);
        chunks.push(whole.subarray(begin, end));
        begin = end;
      }
      const seen = await readAll(Readable.from(chunks), { boundary });
      expect(seen).toEqual(bodies.map((body) => ({ headers: { 'content-type': 'application/dicom', 'x-y': 'z' }, contentType: 'application/dicom', body: body.toString('latin1') })));
    }
  });

  it.each([5, 6])('given garbage of seed %i, then it ends in parts or in a typed error', async (seed) => {
    const random = generator(seed);
    const words = ['--b', '--', '\r\n', '\n', '\r', 'b', ' ', ':', 'X: y', '--b--', '\0'];
    for (let round = 0; round < 2000; round += 1) {
      const text = Array.from({ length: random(20) }, () => words[random(words.length)]).join('');
      const whole = await read(text).catch((error: unknown) => error);
      const pieces = await readAll(chunked(Buffer.from(text, 'latin1'), 1 + random(5))).catch((error: unknown) => error);
      if (whole instanceof Error) expect(whole).toBeInstanceOf(MalformedMultipart);
      expect(pieces).toEqual(whole);
    }
  });
});

/** Deterministic whole numbers below a limit (mulberry32). */
function generator(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  };
}

/** Data full of what a delimiter is made of, without one. */
function nearMisses(random: (limit: number) => number, boundary: string): Buffer {
  const words = ['\r', '\n', '\r\n', '-', '--', boundary.slice(1), `\r\n--${boundary}x`, `\r\n-${boundary}`, '\0\xff', 'data'];
  const text = Array.from({ length: random(30) }, () => words[random(words.length)]).join('');
  const forged = new RegExp(`\n--${boundary}(?=[\r\n \t]|--|$)`, 'g');
  // A line feed at the very start would join the boundary behind it to the empty line.
  return Buffer.from(text.replace(forged, '').replace(new RegExp(`^--${boundary}`), ''), 'latin1');
}
