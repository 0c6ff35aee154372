import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { peakWhile } from '../bench/process-memory.js';
import { identityOf } from '../http/small-instance.js';
import { startArchive, type Archive } from '../support/archive.js';
import { transferSyntax } from '../support/dicom-writer.js';
import { DicomWebClient, instancePath } from '../support/dicomweb-client.js';
import { nativeMultiframe } from '../support/synthetic-instance.js';

const MB = 1024 ** 2;
const limit = 400 * MB;
/** Of 1 MiB each. */
const frames = 2000;
const of = identityOf('I6 two gigabytes');

let archive: Archive;
let client: DicomWebClient;
beforeAll(async () => {
  archive = await startArchive({ env: { LOG_LEVEL: 'warn' } });
  client = new DicomWebClient(`${archive.baseUrl}/dicom-web`);
  expect((await client.storeStream(nativeMultiframe(of, frames, 512, 1024))).status).toBe(200);
}, 60_000);
afterAll(() => archive.end());

describe('I6 memory is bounded: 2 GB in another transfer syntax', () => {
  it.each([['headers are written anew', transferSyntax.implicitLittleEndian, frames * MB], ['frames are encoded', '1.2.840.10008.1.2.5', frames * 1024]])(
    'given 2 GB, when %s, then the process stays below 400 MB', async (_what, transferSyntaxUid, atLeast) => {
      let bytes = 0;
      const peak = await peakWhile(archive.processes, async () => {
        const response = await client.open(instancePath(of), { headers: { accept: `application/dicom; transfer-syntax=${transferSyntaxUid}` } });
        for await (const chunk of response) bytes += (chunk as Buffer).length;
        expect([response.statusCode, response.complete]).toEqual([200, true]);
      });
      expect(bytes).toBeGreaterThan(atLeast);
      expect(peak < limit ? 'below' : peak / MB).toBe('below');
    }, 120_000);
});
