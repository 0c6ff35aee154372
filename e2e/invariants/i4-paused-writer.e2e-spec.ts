import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { identityOf, smallInstance } from '../http/small-instance.js';
import { resultOf, store } from '../http/store-request.js';
import { Random } from '../support/random.js';
import { DicomWebClient, instancePath } from '../support/dicomweb-client.js';
import { call } from '../support/http-call.js';
import { startArchive, type Archive } from '../support/archive.js';
import { type Identity } from '../support/synthetic-instance.js';
import { readState, settledState, type StoredState } from './stored-state.js';

// Long enough for a store on a slow machine, short enough to be waited for.
const deadlineMs = 3_000;

let archive: Archive;
let releaseWriter: () => Promise<void>;
let web: string;
beforeAll(async () => {
  archive = await startArchive({ env: { STORE_DEADLINE_MS: String(deadlineMs), DELETE_GRACE_MS: '0' } });
  web = `${archive.baseUrl}/dicom-web`;
  expect((await store(web, [smallInstance(identityOf('I4', 'series', 'first'))])).status).toBe(200);
});
afterAll(() => archive.end());

const holdWriter = async (): Promise<void> => {
  releaseWriter = await archive.pauseWriter();
};

const creates = ({ feed }: StoredState, { sopInstanceUid }: Identity): number => feed.filter((entry) => entry.action === 'create' && entry.sopInstanceUid === sopInstanceUid).length;

describe('I4 once, and never after a 503: the writer pauses', () => {
  it('given a pause past the deadline, then 503 with Retry-After, the instance is absent and its object gone, and the repeat succeeds and is in the feed once', async () => {
    const of = identityOf('I4', 'series', 'void');
    await holdWriter();
    const answered = store(web, [smallInstance(of)]);
    await pause(deadlineMs * 2);
    await releaseWriter();
    const { status, headers, text } = await answered;
    expect([status, headers['retry-after']]).toEqual([503, expect.stringMatching(/^\d+$/)]);
    expect(text).toMatch(/^[A-Z].*\.$/);
    expect((await call(`${web}${instancePath(of)}`)).status).toBe(404);
    const between = await settledState(archive);
    expect([between.found.includes(of.sopInstanceUid), between.kept.includes(of.sopInstanceUid), creates(between, of)]).toEqual([false, false, 0]);
    expect((await store(web, [smallInstance(of)])).status).toBe(200);
    expect(creates(await settledState(archive), of)).toBe(1);
  });

  it('given a pause that ends before the deadline, then 200, and the instance is in the feed once', async () => {
    const of = identityOf('I4', 'series', 'in time');
    await holdWriter();
    const answered = store(web, [smallInstance(of)]);
    await pause(deadlineMs / 8);
    await releaseWriter();
    expect((await answered).status).toBe(200);
    expect(creates(await settledState(archive), of)).toBe(1);
    // The answer may be lost on the way, and the client repeats what was decided.
    expect((await store(web, [smallInstance(of)])).status).toBe(200);
    expect(creates(await settledState(archive), of)).toBe(1);
  });

  it('given reads during a pause, then they are answered', async () => {
    await holdWriter();
    const { status } = await call(`${web}/studies`);
    const metadata = await call(`${web}${instancePath(identityOf('I4', 'series', 'first'))}/metadata`);
    await releaseWriter();
    expect([status, metadata.status]).toEqual([200, 200]);
  });

  it('given 60 uploads while the writer pauses for moments around the deadline, then what got 200 is there once, what got 503 is not, until it is repeated', async () => {
    const random = new Random(4);
    const uploads = Array.from({ length: 60 }, (_none, at) => identityOf('I4 around', 'series', String(at)));
    const client = new DicomWebClient(web);
    let pausing = true;
    const pauses = (async () => {
      while (pausing) {
        await holdWriter();
        await pause(random.below(deadlineMs * 2));
        await releaseWriter();
        await pause(random.below(40));
      }
    })();
    const fates = new Map<string, number>();
    await Promise.all(uploads.map(async (of, at) => {
      await pause(at * 150);
      fates.set(of.sopInstanceUid, resultOf(await client.store([[smallInstance(of)]])).status);
    }));
    pausing = false;
    await pauses;
    expect([...new Set(fates.values())].filter((status) => status !== 200 && status !== 503)).toEqual([]);
    const state = await settledState(archive);
    for (const of of uploads) {
      const wanted = fates.get(of.sopInstanceUid) === 200 ? 1 : 0;
      expect([of.sopInstanceUid, creates(state, of), state.found.filter((uid) => uid === of.sopInstanceUid).length]).toEqual([of.sopInstanceUid, wanted, wanted]);
    }
    const voided = uploads.filter((of) => fates.get(of.sopInstanceUid) === 503);
    for (const of of voided) expect((await store(web, [smallInstance(of)])).status).toBe(200);
    const afterwards = await settledState(archive);
    for (const of of uploads) expect(creates(afterwards, of)).toBe(1);
    // Gapless from 1, whatever was voided in between.
    const { feed } = await readState(archive);
    expect(feed.map(({ sequence }) => sequence)).toEqual(feed.map((_entry, at) => at + 1));
    expect(voided.length).toBeGreaterThan(0);
  });

  it('given a delete during a pause past the deadline, then 503, the instance stays, and the repeat deletes it', async () => {
    const of = identityOf('I4', 'series', 'deleted');
    expect((await store(web, [smallInstance(of)])).status).toBe(200);
    await holdWriter();
    const answered = call(`${web}${instancePath(of)}`, { method: 'DELETE' });
    await pause(deadlineMs * 2);
    await releaseWriter();
    const { status, headers } = await answered;
    expect([status, headers['retry-after']]).toEqual([503, expect.stringMatching(/^\d+$/)]);
    expect((await call(`${web}${instancePath(of)}`)).status).toBe(200);
    expect((await call(`${web}${instancePath(of)}`, { method: 'DELETE' })).status).toBe(204);
    expect((await settledState(archive)).found).not.toContain(of.sopInstanceUid);
  });
});
