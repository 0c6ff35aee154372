import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';
import { fixture, identityOf, smallInstance } from '../http/small-instance.js';
import { Random } from '../support/random.js';
import { instancePath } from '../support/dicomweb-client.js';
import { call } from '../support/http-call.js';
import { boundary, storeBody, storeContentType } from '../support/multipart.js';
import { startArchive, type Archive } from '../support/archive.js';
import { resultOf } from '../http/store-request.js';
import { settledState } from './stored-state.js';

let archive: Archive;
beforeAll(async () => {
  archive = await startArchive({ env: { LOG_LEVEL: 'warn', DELETE_GRACE_MS: '0' } });
  await call(`${archive.baseUrl}/dicom-web/studies`, { method: 'POST', headers: { 'content-type': 'application/dicom' }, body: smallInstance(there) });
});
afterAll(() => archive.end());

const there = identityOf('I7 fuzz');
const seed = Number(process.env['FUZZ_SEED'] ?? 20260801);
const rounds = Number(process.env['FUZZ_ROUNDS'] ?? 1200);

/** Resolves with the status line, or '' when the connection was cut; rejects when nothing comes for a minute. */
const exchange = (bytes: Buffer): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(archive.baseUrl);
    const socket = connect(Number(port), hostname);
    let received = '';
    const ended = (): void => resolve(received.slice(0, received.indexOf('\r\n')));
    socket.setTimeout(60_000, () => {
      socket.destroy();
      if (received === '') reject(new Error(`No answer for a minute to ${JSON.stringify(bytes.toString('latin1', 0, 1500))}`));
    });
    socket.on('data', (chunk: Buffer) => {
      // An answered connection may stay open where the wish to close it was changed too.
      socket.setTimeout(1_000);
      received += chunk.toString('latin1', 0, 200);
      // The change feed's stream never ends by itself.
      if (/text\/event-stream/.test(received)) socket.destroy();
    }).once('close', ended).on('error', () => undefined);
    socket.write(bytes);
  });

const words = [
  '', '/', '..', '.', '%00', '%', '%zz', '%2e%2e%2f', '%F0%9F%98%80', '*', '?', '&', '=', '-1', '0', '1', '999999999999999999999', '1e9', 'NaN', 'null', 'true', '\\', "'", '"', '<x>', '$where', '{}', '[]', ';', ',', ',,,',
  'a'.repeat(300), '\u00e9', '__proto__', 'constructor', 'toString', 'hasOwnProperty', 'Microsoft.Default', there.studyInstanceUid, there.seriesInstanceUid, there.sopInstanceUid, '20260101', '20260101-', '-20260101', '-', '20260230-99999999', '1.2.840',
];
const segments = ['v1', 'v2', 'dicom-web', 'partitions', 'studies', 'series', 'instances', 'frames', 'bulkdata', 'metadata', 'changefeed', 'latest', 'journal', 'stream', 'health', 'live', '7FE00010', 'rendered', 'thumbnail', 'operations', 'extendedquerytags', 'workitems'];
const parameters = ['PatientID', 'PatientName', '00100010', '00100020', 'StudyDate', 'StudyInstanceUID', 'SOPInstanceUID', 'ModalitiesInStudy', 'includefield', 'fuzzymatching', 'limit', 'offset', 'startTime', 'endTime', 'includeMetadata', 'fromSequence', 'toSequence', '00400275.00401001', 'NumberOfStudyRelatedInstances', '__proto__'];
const headers: readonly (readonly [string, readonly string[]])[] = [
  ['Accept', ['*/*', 'application/dicom+json', 'multipart/related; type="application/dicom"', 'multipart/related; type="application/dicom"; transfer-syntax=*', ';;;', 'a/b;q=2', ',,,', 'image/jp2', '"', 'multipart/related; type="']],
  ['Range', ['bytes=0-', 'bytes=-0', 'bytes=5-2', 'bytes=99999999999999999999-', 'bytes', 'x=1-2']],
  ['If-None-Match', ['*', '"x"', 'W/"x"', '"', '']],
  ['Content-Type', ['application/json', 'application/dicom', 'application/dicom+json', 'multipart/related', storeContentType, 'x', 'multipart/form-data; boundary=a']],
  ['Accept-Encoding', ['gzip', 'zstd', 'br;q=0, identity;q=0', '*;q=0', '\u00ff']],
  ['Forwarded', ['host=evil;proto=javascript', 'host="a\\"b"', ';;;']],
  ['X-Forwarded-Host', ['a b', '..', 'x'.repeat(300)]],
  ['X-Forwarded-Prefix', ['/../..', '//', '/a'.repeat(50)]],
  ['Authorization', ['Bearer', 'Basic eDp5', 'Bearer x y z']],
  ['Last-Event-ID', ['-1', 'x', '99999999999999999999']],
  ['x-isocenter-context', ['{}', '{"principal":{}}', 'x']],
  ['x-isocenter-secret', ['x', '']],
  ['Expect', ['100-continue', 'x']],
  ['Upgrade', ['websocket', 'h2c']],
];
const methods = ['GET', 'GET', 'GET', 'GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE', 'QUERY', 'CONNECT'];

const fuzzPath = (random: Random): string => {
  const known = ['/v2', '/v1', '/dicom-web', '/v2/partitions/p', '/dicom-web/partitions/Microsoft.Default'];
  const places = ['/studies', '/series', '/instances', `/studies/${there.studyInstanceUid}`, instancePath(there), `${instancePath(there)}/frames`, `${instancePath(there)}/metadata`, `${instancePath(there)}/bulkdata`, '/changefeed', '/changefeed/latest', '/changefeed/journal', '/partitions'];
  const made = Array.from({ length: random.below(7) }, () => `/${random.chance(0.7) ? random.pick(segments) : random.pick(words)}`).join('');
  const path = random.chance(0.75) ? `${random.pick(known)}${random.pick(places)}${random.chance(0.4) ? `/${random.pick(words)}` : ''}` : made;
  const query = Array.from({ length: random.below(4) }, () => `${random.pick(random.chance(0.9) ? parameters : words)}=${random.pick(words)}${random.chance(0.2) ? random.pick(words) : ''}`).join('&');
  return `${path === '' ? '/' : path}${query === '' ? '' : `?${query}`}`.replace(/ /g, '%20');
};

const fuzzRequest = (random: Random): Buffer => {
  const method = random.pick(methods);
  const lines = Array.from({ length: random.below(4) }, () => {
    const [name, values] = random.pick(headers);
    return `${name}: ${random.pick(values)}`;
  });
  const body = method === 'POST' || method === 'PUT' ? Buffer.from(random.pick(['', '{', '[]', 'x', `--${boundary}--`])) : Buffer.alloc(0);
  const head = [`${method} ${fuzzPath(random)} HTTP/1.1`, 'Host: localhost', 'Connection: close', `Content-Length: ${body.length}`, ...lines, '', ''].join('\r\n');
  const bytes = Buffer.concat([Buffer.from(head, 'latin1'), body]);
  if (random.chance(0.03)) bytes[random.below(bytes.length)] = random.below(256);
  return bytes;
};

const fixtures = ['transfer-syntax/explicit-le', 'transfer-syntax/implicit-le', 'transfer-syntax/explicit-be', 'transfer-syntax/deflated', 'transfer-syntax/rle-5', 'frames/jpeg-bot-4f', 'frames/native-1bit-across-bytes-5f', 'odd/un-sequences', 'odd/deep-60', 'values/every-vr-many', 'charset/japanese-2022'].map((name) => fixture(`${name}.dcm`));

/** One to four changes of the kinds that go wrong, or are made to. */
const mutate = (original: Buffer, random: Random): Buffer => {
  let bytes: Buffer = Buffer.from(original);
  for (let changes = 1 + random.below(4); changes > 0 && bytes.length > 16; changes -= 1) {
    const at = random.below(bytes.length - 8);
    const kind = random.below(6);
    if (kind === 0) bytes[at] = random.below(256);
    else if (kind === 1) bytes.writeUInt32LE(random.pick([0, 1, 7, 0xffff, 0x7fffffff, 0xfffffffe, 0xffffffff]), at);
    else if (kind === 2) bytes.writeUInt32LE(random.pick([0xe000fffe, 0xe00dfffe, 0xe0ddfffe, 0x00107fe0, 0x00100002]), at);
    else if (kind === 3) bytes = bytes.subarray(0, at);
    else if (kind === 4) bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + random.below(64))]);
    else bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(Math.max(0, at - random.below(200)))]);
  }
  return bytes;
};

const inParallel = async (count: number, work: (at: number) => Promise<void>): Promise<void> => {
  let next = 0;
  await Promise.all(Array.from({ length: 8 }, async () => {
    while (next < count) await work(next++);
  }));
};

const expectSound = async (): Promise<void> => {
  expect(archive.running).toBe(true);
  expect(archive.log).not.toContain('unknown error');
  await settledState(archive);
  expect((await call(`${archive.baseUrl}/dicom-web${instancePath(there)}/metadata`)).status).toBe(200);
};

describe(`I7 bad input is answered: chance, seed ${seed}`, () => {
  it(`given ${rounds} requests made of what clients get wrong, then none is a 500, none hangs, and the archive is sound`, async () => {
    const random = new Random(seed);
    await inParallel(rounds, async () => {
      const bytes = fuzzRequest(random);
      const line = await exchange(bytes);
      // What changes data was asked for by chance as well: the instance may be gone.
      expect({ line: /^HTTP\/1\.1 (?!500)\d{3} /.test(line) || line === '' ? 'fine' : line, of: bytes.toString('latin1', 0, 600) }).toMatchObject({ line: 'fine' });
    });
    await call(`${archive.baseUrl}/dicom-web/studies`, { method: 'POST', headers: { 'content-type': 'application/dicom' }, body: smallInstance(there) });
    await expectSound();
  });

  it(`given ${rounds} uploads of files that were changed, then each is answered with an outcome for every part, and the archive is sound`, async () => {
    const random = new Random(seed + 1);
    await inParallel(rounds, async () => {
      const parts = Array.from({ length: 1 + random.below(3) }, () => mutate(random.pick(fixtures), random));
      const root = random.pick(['dicom-web', 'v2', 'v1']);
      const method = random.pick(['POST', 'PUT']);
      const answer = await call(`${archive.baseUrl}/${root}/studies`, { method, headers: { 'content-type': storeContentType, accept: 'application/dicom+json' }, body: Buffer.concat(storeBody(parts.map((part) => [part]))), timeoutMs: 60_000 });
      const { status, stored, failed, text } = resultOf(answer);
      expect({ status, outcomes: stored.length + failed.length, text }).toMatchObject({ status: [200, 202, 409].includes(status) ? status : '200, 202 or 409', outcomes: parts.length });
    });
    await expectSound();
  });

  it('given multipart bodies that were changed, then a 4xx or outcomes, and the archive is sound', async () => {
    const random = new Random(seed + 2);
    await inParallel(rounds / 4, async (at) => {
      const body = Buffer.concat(storeBody(['a', 'b'].map((part) => [smallInstance(identityOf('I7 fuzz body', String(at), part))])));
      const { status } = await call(`${archive.baseUrl}/dicom-web/studies`, { method: 'POST', headers: { 'content-type': storeContentType }, body: mutate(body, random), timeoutMs: 60_000 });
      expect([200, 202, 204, 400, 409]).toContain(status);
    });
    await expectSound();
  });

  it('given everything that came to be stored, then all of it can be read without a 500', async () => {
    const { body } = await call(`${archive.baseUrl}/dicom-web/instances?limit=5000`);
    const instances = JSON.parse(body.toString()) as Record<string, { Value: string[] }>[];
    expect(instances.length).toBeGreaterThan(10);
    await inParallel(instances.length, async (at) => {
      const [study, series, sop] = ['0020000D', '0020000E', '00080018'].map((tag) => instances[at]?.[tag]?.Value[0]);
      for (const path of ['', '/metadata', '/frames/1', '/frames/1,2,3', '/bulkdata/7FE00010']) {
        const { status } = await call(`${archive.baseUrl}/dicom-web/studies/${study}/series/${series}/instances/${sop}${path}`);
        expect([path, [200, 404, 406].includes(status) ? 'fine' : status]).toEqual([path, 'fine']);
      }
    });
    await expectSound();
  });
});
