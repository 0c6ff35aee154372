import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { peaks, resetPeaks } from '../bench/process-memory.js';
import { exchange } from '../http/raw-exchange.js';
import { identityOf, smallInstance } from '../http/small-instance.js';
import { send, store } from '../http/store-request.js';
import { Random } from '../support/random.js';
import { instancePath } from '../support/dicomweb-client.js';
import { call } from '../support/http-call.js';
import { boundary, storeBody, storeContentType } from '../support/multipart.js';
import { startArchive, type Archive } from '../support/archive.js';
import { ctInstance } from '../support/synthetic-instance.js';
import { hostileInstances } from './hostile-instances.js';
import { readState, settledState } from './stored-state.js';
import { until } from './until.js';

let archive: Archive;
let web: string;
let v2: string;
beforeAll(async () => {
  archive = await startArchive({ env: { LOG_LEVEL: 'warn' } });
  [web, v2] = [`${archive.baseUrl}/dicom-web`, `${archive.baseUrl}/v2`] as [string, string];
});
afterEach(async () => {
  // Whatever came: it runs, it answers, it met nothing unknown, and nothing is half stored.
  expect(archive.running).toBe(true);
  expect(archive.log).not.toContain('unknown error');
  await settledState(archive);
});
afterAll(() => archive.end());

const MB = 1024 ** 2;
const isFound = async (sopInstanceUid: string): Promise<boolean> => (await readState(archive)).found.includes(sopInstanceUid);

describe('I7 bad input is answered: instances', () => {
  it.each(hostileInstances)('given $name, then it is $fate, with reason and text, and every read of it is answered below 500', async ({ of, bytes, fate }) => {
    await resetPeaks(archive.processes);
    const before = await peaks(archive.processes);
    const { status, stored, failed } = await store(web, [bytes]);
    if (fate === 'refused' || (fate === 'either' && status === 409)) {
      expect([status, failed.map(({ failureReason }) => failureReason)]).toEqual([409, [43264]]);
      expect(failed[0]?.comments?.[0]).toMatch(/\w{3,}.*\w{3,}/);
    } else {
      expect([[200, 202].includes(status), stored.length]).toEqual([true, 1]);
    }
    expect(await isFound(of.sopInstanceUid)).toBe(status !== 409);
    const paths = ['', '/metadata', '/frames/1', '/frames/2', '/frames/1,2', '/frames/2147483647', '/bulkdata/7FE00010'];
    for (const path of paths) for (const accept of ['*/*', 'multipart/related; type="application/octet-stream"; transfer-syntax=*']) {
      const read = await call(`${web}${instancePath(of)}${path}`, { headers: { accept } });
      expect([path, read.status < 500 && (status !== 409 || read.status >= 400)]).toEqual([path, true]);
    }
    for (const [at, peak] of (await peaks(archive.processes)).entries()) expect(peak - before[at]!).toBeLessThan(96 * MB);
  });

  it('given good instances around a bad one, then the good ones are stored and the bad one has its place among the failed', async () => {
    const good = ['before', 'behind'].map((name) => smallInstance(identityOf('I7 around', 'series', name)));
    const bad = hostileInstances.find(({ name }) => name === 'a text of 4 GB in its head')!;
    const { status, stored, failed } = await store(v2, [good[0]!, bad.bytes, good[1]!]);
    expect([status, stored.length, failed.map(({ sopInstanceUid }) => sopInstanceUid)]).toEqual([202, 2, [bad.of.sopInstanceUid]]);
  });
});

const valid = (name: string): Buffer => smallInstance(identityOf('I7 body', 'series', name));
const multipart = (...pieces: readonly (string | Buffer)[]): Buffer => Buffer.concat(pieces.map((piece) => Buffer.from(piece as string)));
const request = (lines: readonly string[], body: Buffer = Buffer.alloc(0), path = '/dicom-web/studies'): Buffer =>
  Buffer.concat([Buffer.from([`POST ${path} HTTP/1.1`, 'Host: localhost', 'Connection: close', 'Accept: application/dicom+json', ...lines, '', ''].join('\r\n')), body]);
const lengthOf = (body: Buffer): string => `Content-Length: ${body.length}`;

describe('I7 bad input is answered: bodies', () => {
  const whole = Buffer.concat(storeBody([[valid('a')], [valid('b')]]));
  const withWrongLength = (length: number): Buffer => request([`Content-Type: ${storeContentType}`, `Content-Length: ${length}`], whole);
  const cases: readonly (readonly [string, () => Buffer, RegExp])[] = [
    ['no Content-Type', () => request([lengthOf(whole)], whole), /^HTTP\/1\.1 415 /],
    ['multipart without a boundary', () => request(['Content-Type: multipart/related; type="application/dicom"', lengthOf(whole)], whole), /^HTTP\/1\.1 400 [^]*boundary/],
    ['an empty boundary', () => request(['Content-Type: multipart/related; type="application/dicom"; boundary=""', lengthOf(whole)], whole), /^HTTP\/1\.1 400 [^]*boundary/],
    ['a boundary of 300 characters', () => request([`Content-Type: multipart/related; boundary=${'b'.repeat(300)}`, lengthOf(whole)], whole), /^HTTP\/1\.1 400 /],
    ['another boundary than the body has', () => request(['Content-Type: multipart/related; boundary=other', lengthOf(whole)], whole), /^HTTP\/1\.1 400 [^]*boundary/],
    ['a Content-Type that is none', () => request(['Content-Type: ;;;=,,', lengthOf(whole)], whole), /^HTTP\/1\.1 415 /],
    ['4 GB of Content-Length and no body', () => request([`Content-Type: application/dicom`, `Content-Length: ${4 * 1024 ** 3 + 1}`]), /^HTTP\/1\.1 413 /],
    ['a Content-Length beyond all numbers', () => request(['Content-Type: application/dicom', `Content-Length: ${'9'.repeat(40)}`]), /^HTTP\/1\.1 4\d\d /],
    ['two Content-Lengths', () => request(['Content-Type: application/dicom', 'Content-Length: 5', 'Content-Length: 6'], Buffer.from('12345')), /^HTTP\/1\.1 400 /],
    ['Content-Length with chunks', () => request(['Content-Type: application/dicom', 'Content-Length: 5', 'Transfer-Encoding: chunked'], Buffer.from('0\r\n\r\n')), /^HTTP\/1\.1 400 /],
    ['chunks that are none', () => request(['Content-Type: application/dicom', 'Transfer-Encoding: chunked'], Buffer.from('zz\r\nnonsense')), /^HTTP\/1\.1 4\d\d /],
    ['a body that is shorter than the boundary line', () => request([`Content-Type: ${storeContentType}`, lengthOf(Buffer.from('--'))], Buffer.from('--')), /^HTTP\/1\.1 400 /],
    ['an empty body', () => request([`Content-Type: ${storeContentType}`, 'Content-Length: 0']), /^HTTP\/1\.1 (204|400) /],
    ['a part header that never ends', () => { const body = multipart(`--${boundary}\r\n`, 'X: y\r\n'.repeat(20_000)); return request([`Content-Type: ${storeContentType}`, lengthOf(body)], body); }, /^HTTP\/1\.1 400 /],
    ['a part with a Content-Type that is none', () => { const body = multipart(`--${boundary}\r\nContent-Type: ;;;\r\n\r\n`, 'x', `\r\n--${boundary}--\r\n`); return request([`Content-Type: ${storeContentType}`, lengthOf(body)], body); }, /^HTTP\/1\.1 (400|409) /],
    ['a preamble text without end', () => { const body = Buffer.alloc(200_000, 'x'); return request([`Content-Type: ${storeContentType}`, lengthOf(body)], body); }, /^HTTP\/1\.1 400 /],
    ['a gzip body that says so', () => { const body = Buffer.from('1f8b0800000000000003', 'hex'); return request(['Content-Type: application/dicom', 'Content-Encoding: gzip', lengthOf(body)], body); }, /^HTTP\/1\.1 (4\d\d) /],
    ['a Content-Length of less than the body', () => withWrongLength(whole.length - 30), /^HTTP\/1\.1 4\d\d /],
  ];
  it.each(cases)('given %s, then a 4xx that says what is wrong', async (_name, make, answer) => {
    expect(await exchange(archive.baseUrl, make())).toMatch(answer);
  });

  it('given a body that is cut at every 37th byte, then 400 while no part is whole, else 202 that names the whole ones only', async () => {
    const firstEnds = whole.indexOf(`\r\n--${boundary}`, boundary.length);
    for (let cut = 1; cut < whole.length - 8; cut += 37) {
      const { status, stored, failed } = await send(web, whole.subarray(0, cut), storeContentType);
      const wholeOnes = cut > firstEnds + boundary.length + 4 ? [identityOf('I7 body', 'series', 'a').sopInstanceUid] : [];
      expect([cut, status, stored.map(({ sopInstanceUid }) => sopInstanceUid)]).toEqual([cut, wholeOnes.length > 0 ? 202 : 400, wholeOnes]);
      expect(failed.length).toBe(wholeOnes.length);
    }
    expect(await isFound(identityOf('I7 body', 'series', 'b').sopInstanceUid)).toBe(false);
  });

  it('given a Content-Length whose bytes never come, then the connection can be left and the process forgets it', async () => {
    const sockets = Array.from({ length: 20 }, () => connectTo(archive));
    for (const socket of sockets) socket.write(request([`Content-Type: ${storeContentType}`, `Content-Length: ${4 * 1024 ** 3 - 1}`], whole.subarray(0, 700)));
    await until('the archive writes what came', async () => (await readState(archive)).temporary.length > 0 || sockets.every(({ bytesWritten }) => bytesWritten > 700));
    for (const socket of sockets) socket.destroy();
    expect((await call(`${archive.baseUrl}/health/ready`)).status).toBe(200);
  });
});

describe('I7 bad input is answered: clients that leave', () => {
  it('given 150 uploads that end at random places, then no temporary file, object or row is left of what was not whole', async () => {
    const random = new Random(7);
    const leave = async (at: number): Promise<void> => {
      const body = Buffer.concat(storeBody([['a', 'b'].map((part) => identityOf('I7 left', String(at), part)).flatMap((of) => (random.chance(0.5) ? ctInstance(of, 256, 256) : [smallInstance(of)]))]));
      const bytes = request([`Content-Type: ${storeContentType}`, lengthOf(body)], body);
      const socket = connectTo(archive);
      const until = random.below(bytes.length);
      for (let from = 0; from < until; from += 20_000) {
        if (!socket.write(bytes.subarray(from, Math.min(until, from + 20_000)))) await Promise.race([once(socket, 'drain'), once(socket, 'close')]);
      }
      if (random.chance(0.5)) socket.resetAndDestroy();
      else socket.end().destroy();
    };
    for (let round = 0; round < 15; round += 1) await Promise.all(Array.from({ length: 10 }, (_none, at) => leave(round * 10 + at)));
    const { temporary, found, kept } = await settledState(archive);
    expect([temporary, kept]).toEqual([[], found]);
  });

  it('given retrieves that are left at random places, then the process serves on', async () => {
    const of = identityOf('I7 read');
    expect((await store(web, [Buffer.concat(ctInstance(of, 1024, 1024))])).status).toBe(200);
    const random = new Random(8);
    await Promise.all(Array.from({ length: 60 }, async () => {
      const response = await connectAndRead(archive, `/dicom-web${instancePath(of)}`, random.below(2 * MB));
      expect(response).toMatch(/^HTTP\/1\.1 200 /);
    }));
    expect((await call(`${web}${instancePath(of)}`)).status).toBe(200);
  });
});

const connectTo = ({ baseUrl }: Archive): Socket => {
  const { hostname, port } = new URL(baseUrl);
  return connect(Number(port), hostname).on('error', () => undefined);
};

/** Reads some bytes of an answer and leaves; returns its beginning. */
const connectAndRead = async (to: Archive, path: string, bytes: number): Promise<string> => {
  const socket = connectTo(to);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n`);
  let start = '';
  let received = 0;
  for await (const chunk of socket) {
    if (start === '') start = (chunk as Buffer).toString('latin1', 0, 100);
    received += (chunk as Buffer).length;
    if (received >= bytes) break;
  }
  socket.destroy();
  return start;
};
