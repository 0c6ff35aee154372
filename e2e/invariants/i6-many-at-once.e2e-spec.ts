import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { inMegabytes, peaksWhile } from '../bench/process-memory.js';
import { identityOf, smallInstance } from '../http/small-instance.js';
import { store } from '../http/store-request.js';
import { DicomWebClient } from '../support/dicomweb-client.js';
import { lastBoundary, partHead, storeContentType } from '../support/multipart.js';
import { inspected, liveMemory } from '../support/live-memory.js';
import { startArchive, type Archive } from '../support/archive.js';
import { nativeMultiframe } from '../support/synthetic-instance.js';
import { until } from './until.js';

const MB = 1024 ** 2;
const limit = 300 * MB;
const uploadsAtATime = 8;
/** Of the frames; a megabyte each. */
const uploadBytes = 4 * MB;

let archive: Archive;
let client: DicomWebClient;
beforeAll(async () => {
  archive = await startArchive({ env: { ...inspected, MAX_CONCURRENT_UPLOADS: String(uploadsAtATime), LOG_LEVEL: 'warn' }, replicas: 1 });
  client = new DicomWebClient(`${archive.baseUrl}/dicom-web`);
});
afterAll(() => archive.end());

/** No process needs as much as the limit while the work is done. */
const staysBelowLimit = async (work: () => Promise<void>): Promise<void> => {
  const above = (await peaksWhile(archive.processes, work)).flatMap((peak, at) => (peak < limit ? [] : [`${archive.processes[at]!.name} ${inMegabytes(peak)}`]));
  expect(above).toEqual([]);
};

describe('I6 memory is bounded: by nothing\'s number', () => {
  it('given four times as many uploads as are read at a time, then those beyond get 503 with Retry-After before their body, afterwards all are stored, and all of it leaves less live memory behind than one upload takes', async () => {
    await staysBelowLimit(async () => {
      // The first one makes what is used again. What is still on its way out only adds, so the lowest of three tells what is needed.
      await uploadRounds(0, 1);
      let before = archive.processes.map(() => Infinity);
      for (let round = 1; round < 4; round += 1) {
        await uploadRounds(round, round + 1);
        const live = await Promise.all(archive.processes.map(liveMemory));
        before = before.map((lowest, at) => Math.min(lowest, live[at]!));
      }
      await uploadRounds(4, 13);
      await untilLevel(before);
    });
  });

  it('given 10,000 parts in one request, then each is answered and the process stays below 300 MB', async () => {
    const count = 10_000;
    const valid = Array.from({ length: 200 }, (_none, at) => smallInstance(identityOf('I6 parts', 'series', String(at))));
    const parts = Array.from({ length: count }, (_none, at) => (at % 50 === 0 ? valid[at / 50]! : Buffer.from(`part ${at} is no DICOM`)));
    await staysBelowLimit(async () => {
      const { status, stored, failed } = await store(client.root, parts);
      expect([status, stored.length, failed.length]).toEqual([202, valid.length, count - valid.length]);
    });
  });

});

const uploadRounds = async (from: number, to: number): Promise<void> => {
  for (let round = from; round < to; round += 1) {
    await uploadTooMany(Array.from({ length: uploadsAtATime * 4 }, (_none, at) => Buffer.concat([...nativeMultiframe(identityOf('I6 many', String(round), String(at)), uploadBytes / MB, 512, 1024)])));
  }
};

/** Only what is live is compared: how much garbage a process lets gather before it collects, and what it then keeps of the system's memory, is not its need. */
const untilLevel = async (before: readonly number[]): Promise<void> => {
  let grown: number[] = [];
  const isLevel = async (): Promise<boolean> => {
    grown = await Promise.all(archive.processes.map(async (process, at) => (await liveMemory(process)) - before[at]!));
    return grown.every((bytes) => bytes < uploadBytes);
  };
  await until('live memory is level again', isLevel).catch((cause: unknown) => {
    throw new Error(`More is live than before: ${archive.processes.map(({ name }, at) => `${name} ${inMegabytes(grown[at]!)}`).join(', ')}.`, { cause });
  });
};

const uploadTooMany = async (many: readonly Buffer[]): Promise<void> => {
  const uploads = many.map(beginUpload);
  const refused = (): Upload[] => uploads.filter(({ answer }) => answer !== undefined);
  await until('all uploads beyond the limit are refused', () => refused().length === uploadsAtATime * 3);
  const repeated = refused();
  expect(repeated.map(({ answer }) => [answer?.statusCode, answer?.headers['retry-after']])).toEqual(repeated.map(() => [503, '1']));
  for (const { leave } of repeated) leave();
  for (const upload of uploads.filter(({ answer }) => answer === undefined)) expect(await upload.finish()).toBe(200);
  for (const { bytes } of repeated) expect((await client.store([[bytes]])).status).toBe(200);
};

interface Upload {
  readonly bytes: Buffer;
  answer?: IncomingMessage;
  readonly finish: () => Promise<number>;
  readonly leave: () => void;
}

/** Sends the first megabyte and keeps the rest back. */
const beginUpload = (bytes: Buffer): Upload => {
  const tail = lastBoundary;
  const outgoing = request(`${client.root}/studies`, {
    method: 'POST', agent: false, headers: { 'content-type': storeContentType, 'content-length': partHead.length + bytes.length + tail.length, accept: 'application/dicom+json' },
  });
  outgoing.on('error', () => undefined);
  const answered = once(outgoing, 'response') as Promise<[IncomingMessage]>;
  const upload: Upload = {
    bytes,
    finish: async () => {
      outgoing.write(bytes.subarray(MB));
      outgoing.end(tail);
      return (await answered)[0].statusCode ?? 0;
    },
    leave: () => void outgoing.destroy(),
  };
  void answered.then(([response]) => void (upload.answer = response.resume()));
  outgoing.write(partHead);
  outgoing.write(bytes.subarray(0, MB));
  return upload;
};
