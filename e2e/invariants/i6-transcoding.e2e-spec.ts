import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { peakWhile } from '../bench/process-memory.js';
import { identityOf } from '../http/small-instance.js';
import { startArchive, type Archive } from '../support/archive.js';
import { transferSyntax } from '../support/dicom-writer.js';
import { DicomWebClient, instancePath } from '../support/dicomweb-client.js';
import { call } from '../support/http-call.js';
import { nativeMultiframe } from '../support/synthetic-instance.js';
import { until } from './until.js';

const MB = 1024 ** 2;
const limit = 400 * MB;
/** Of 1 MiB each: together more than may be held. `npm run bench -- huge` has 4 GB of them. */
const frames = 416;
/** Of each frame: what is left of all when it is encoded is more than sockets take for who reads nothing. */
const noise = randomBytes(256 * 1024);
const of = identityOf('I6 transcoded');

let archive: Archive;
let client: DicomWebClient;
beforeAll(async () => {
  archive = await startArchive({ env: { LOG_LEVEL: 'warn' } });
  client = new DicomWebClient(`${archive.baseUrl}/dicom-web`);
  expect((await client.storeStream(nativeMultiframe(of, frames, 512, 1024, noise))).status).toBe(200);
});
afterAll(() => archive.end());

/** Of one who takes nothing, on a machine that others use too. */
const timeoutMs = 240_000;
const rle = '1.2.840.10008.1.2.5';
/** What is asked for and not read yet. */
const asked = (transferSyntaxUid: string): Promise<IncomingMessage> => client.open(instancePath(of), { headers: { accept: `application/dicom; transfer-syntax=${transferSyntaxUid}` }, timeoutMs });

describe('I6 memory is bounded: a file larger than the limit in another transfer syntax', () => {
  it.each([['headers are written anew', transferSyntax.implicitLittleEndian, frames * MB], ['frames are encoded', rle, frames * noise.length]])(
    'given all of it, when %s, then the process stays below 400 MB', async (_what, transferSyntaxUid, atLeast) => {
      let bytes = 0;
      const peak = await peakWhile(archive.processes, async () => {
        const response = await asked(transferSyntaxUid);
        for await (const chunk of response) bytes += (chunk as Buffer).length;
        expect([response.statusCode, response.complete]).toEqual([200, true]);
      });
      expect(bytes).toBeGreaterThan(atLeast);
      expect(peak < limit ? 'below' : peak / MB).toBe('below');
    });

  it('given many who ask and take nothing, then the process stays below 400 MB, others are answered, and who leaves gives his place back', async () => {
    const readers: IncomingMessage[] = [];
    const peak = await peakWhile(archive.processes, async () => {
      for (let at = 0; at < 12; at += 1) {
        const reader = await asked(rle);
        reader.on('error', () => undefined);
        readers.push(reader);
        if (at === 0) expect(await openRequests()).toBe(1);
      }
      for (const list of ['1', '2,3']) {
        const reader = await client.open(`${instancePath(of)}/frames/${list}`, { headers: { accept: `multipart/related; type="image/dicom-rle"; transfer-syntax=${rle}` }, timeoutMs });
        reader.on('error', () => undefined);
        expect(reader.statusCode).toBe(200);
        readers.push(reader);
      }
      expect((await client.frames(instancePath(of), [frames]))[0]?.body.readUInt32LE(0)).toBe(frames);
      const { status, headers, body } = await call(`${archive.baseUrl}/dicom-web${instancePath(of)}/frames/2/rendered`);
      expect([status, headers['content-type'], status === 200 ? '' : body.toString()]).toEqual([200, 'image/jpeg', '']);
    });
    for (const reader of readers) reader.destroy();
    await until('all places are free', async () => (await openRequests()) === 0);
    expect(peak < limit ? 'below' : peak / MB).toBe('below');
  });
});

/** At the threads that work on frames, of all processes. */
const openRequests = async (): Promise<number> => {
  const pages = await Promise.all(archive.metricsUrls.map(async (url) => (await call(url)).body.toString()));
  return pages.reduce((sum, page) => sum + Number(/^isocenter_image_open_requests (\d+)/m.exec(page)?.[1] ?? 0), 0);
};
