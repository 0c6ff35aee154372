import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash, type Hash } from 'node:crypto';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { deflateRawSync } from 'node:zlib';
import { peakWhile } from '../bench/process-memory.js';
import { identityOf } from '../http/small-instance.js';
import { transferSyntax } from '../support/dicom-writer.js';
import { DicomWebClient, instancePath } from '../support/dicomweb-client.js';
import { call } from '../support/http-call.js';
import { startArchive, type Archive } from '../support/archive.js';
import { nativeMultiframe } from '../support/synthetic-instance.js';

const MB = 1024 ** 2;
const limit = 300 * MB;

let archive: Archive;
let client: DicomWebClient;
beforeAll(async () => {
  // Both tests of 4 GB share the instance, and its object is the only large file.
  archive = await startArchive({ env: { LOG_LEVEL: 'warn' } });
  client = new DicomWebClient(`${archive.baseUrl}/dicom-web`);
});
afterAll(() => archive.end());

/** The peak while the work is done. */
const peakOf = (work: () => Promise<void>): Promise<number> => peakWhile(archive.processes, work);

const of = identityOf('I6 four gigabytes');
/** 4,092 frames of 1 MiB: with head and boundaries just below 4 GiB, the limit of a request. */
const frames = 4092;
function* hashed(pieces: Iterable<Buffer>, hash: Hash): Generator<Buffer> {
  for (const piece of pieces) {
    hash.update(piece);
    yield piece;
  }
}

describe('I6 memory is bounded: by nothing\'s size', () => {
  it('given 4 GB in one instance, when it is uploaded and retrieved, then the process stays below 300 MB and the bytes are the same', async () => {
    const sent = createHash('sha256');
    const received = createHash('sha256');
    const up = await peakOf(async () => {
      const { status, body } = await client.storeStream(hashed(nativeMultiframe(of, frames, 512, 1024), sent));
      expect([status, body.toString('utf8', 0, 300)]).toEqual([200, expect.stringContaining(of.sopInstanceUid)]);
    });
    const down = await peakOf(async () => {
      const response = await client.open(instancePath(of), { headers: { accept: 'application/dicom; transfer-syntax=*' } });
      for await (const chunk of response) received.update(chunk as Buffer);
      expect(response.complete).toBe(true);
    });
    expect(received.digest('hex')).toBe(sent.digest('hex'));
    expect({ upload: up < limit ? 'below' : up / MB, retrieve: down < limit ? 'below' : down / MB }).toEqual({ upload: 'below', retrieve: 'below' });
  });

  it('given readers that take nothing, when 24 of them ask for the 4 GB, then the process stays below 300 MB and answers others', async () => {
    const readers: IncomingMessage[] = [];
    const peak = await peakOf(async () => {
      for (let at = 0; at < 24; at += 1) {
        const reader = await slowReader(`${archive.baseUrl}/dicom-web${instancePath(of)}`);
        readers.push(reader);
      }
      const last = await client.frames(instancePath(of), [frames]);
      expect(last[0]?.body.readUInt32LE(0)).toBe(frames);
    });
    for (const reader of readers) reader.destroy();
    expect(peak).toBeLessThan(limit);
  });

  it('given a reader that takes its time and one that leaves in the middle, then neither gets a short answer that looks whole', async () => {
    const reader = await slowReader(`${archive.baseUrl}/dicom-web${instancePath(of)}/frames/${Array.from({ length: 40 }, (_none, at) => at + 1).join(',')}`, 'multipart/related; type="application/octet-stream"; transfer-syntax=*');
    let bytes = 0;
    for await (const chunk of reader) {
      bytes += (chunk as Buffer).length;
      if (bytes % (4 * MB) < 70_000) await new Promise((resolve) => setImmediate(resolve));
    }
    expect([reader.complete, bytes > 40 * MB]).toEqual([true, true]);
    const leaving = await slowReader(`${archive.baseUrl}/dicom-web${instancePath(of)}`);
    await once(leaving, 'readable');
    leaving.destroy();
    expect((await call(`${archive.baseUrl}/health/ready`)).status).toBe(200);
  });

  it('given one frame of 200 MB, plain and deflated to a few, when several ask for it and for its bulk data at a time, then the process stays below 300 MB', async () => {
    const plain = identityOf('I6 one frame', 'series', 'plain');
    const small = identityOf('I6 one frame', 'series', 'deflated');
    // 10,000 x 10,240 pixels of 16 bits.
    const whole = Buffer.concat([...nativeMultiframe(plain, 1, 10_000, 10_240)]);
    expect((await client.store([[whole]])).status).toBe(200);
    expect((await client.store([[deflate(Buffer.concat([...nativeMultiframe(small, 1, 10_000, 10_240)]))]])).status).toBe(200);
    const size = 10_000 * 10_240 * 2;
    const wanted = createHash('sha256').update(whole.subarray(-size)).digest('hex');
    const paths = [plain, small].flatMap((one) => [`${instancePath(one)}/frames/1`, `${instancePath(one)}/bulkdata/7FE00010`]);
    const peak = await peakOf(async () => {
      const digests = await Promise.all([...paths, ...paths].map(async (path) => {
        const response = await client.open(path, { headers: { accept: 'application/octet-stream; transfer-syntax=*' } });
        const received = createHash('sha256');
        for await (const chunk of response) received.update(chunk as Buffer);
        return [response.statusCode, received.digest('hex')];
      }));
      expect(digests).toEqual(digests.map(() => [200, wanted]));
    });
    expect(peak).toBeLessThan(limit);
  });
});

/** An answer of which nothing is read until somebody does. */
const slowReader = async (url: string, accept = 'application/dicom; transfer-syntax=*'): Promise<IncomingMessage> => {
  const outgoing = request(url, { agent: false, headers: { accept } });
  outgoing.end();
  const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
  response.on('error', () => undefined);
  return response;
};

/** The same with its data set deflated; the syntax's name is two characters longer, and the group length with it. */
const deflate = (bytes: Buffer): Buffer => {
  const dataSet = 144 + bytes.readUInt32LE(140);
  const meta = bytes.subarray(0, dataSet);
  const at = meta.indexOf(`${transferSyntax.explicitLittleEndian}\0`);
  const syntax = Buffer.from('1.2.840.10008.1.2.1.99');
  const derived = Buffer.concat([meta.subarray(0, at), syntax, meta.subarray(at + transferSyntax.explicitLittleEndian.length + 1)]);
  derived.writeUInt16LE(syntax.length, at - 2);
  derived.writeUInt32LE(meta.readUInt32LE(140) + derived.length - meta.length, 140);
  return Buffer.concat([derived, deflateRawSync(bytes.subarray(dataSet), { level: 1 })]);
};
