import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type IncomingMessage } from 'node:http';
import { instancePath, type JsonDataset } from '../support/dicomweb-client.js';
import { call, open } from '../support/http-call.js';
import { startArchive, type Archive } from '../support/archive.js';
import { type Identity } from '../support/synthetic-instance.js';
import { identityOf, smallInstance } from './small-instance.js';
import { given, store } from './store-request.js';

interface Entry {
  readonly sequence: number;
  readonly partitionName: string;
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
  readonly action: string;
  readonly timestamp: string;
  readonly state: string;
  readonly metadata?: JsonDataset;
  readonly filePath: null;
}

let archive: Archive;
let v1: string;
let v2: string;
let ofEmptyArchive: unknown[];

/** What the tests of windows look at: created, replaced, deleted, stored again, in order. */
const [kept, replaced, deleted, again] = ['kept', 'replaced', 'deleted', 'again'].map((name) => identityOf(name)) as [Identity, Identity, Identity, Identity];
/** Enough that the page is smaller than the feed. */
const many = Array.from({ length: 250 }, (_none, at) => identityOf('many', 'series', String(at)));

const feed = async (query = '', root = v2): Promise<Entry[]> => {
  const { status, body } = await call(`${root}/changefeed${query}`);
  expect([status, status === 200 ? '' : body.toString()]).toEqual([200, '']);
  return JSON.parse(body.toString()) as Entry[];
};
const everything = async (): Promise<Entry[]> => [...(await feed('?limit=200')), ...(await feed('?limit=200&offset=200'))];
const of = (entries: readonly Entry[], { sopInstanceUid }: Identity): Entry[] => entries.filter((entry) => entry.sopInstanceUid === sopInstanceUid);
const sequences = (entries: readonly Entry[]): number[] => entries.map(({ sequence }) => sequence);
const time = (value: string): string => encodeURIComponent(value);

beforeAll(async () => {
  archive = await startArchive();
  [v1, v2] = [`${archive.baseUrl}/v1`, `${archive.baseUrl}/v2`] as [string, string];
  const [all, latest] = await Promise.all([call(`${v2}/changefeed`), call(`${v2}/changefeed/latest`)]);
  ofEmptyArchive = [all.status, all.body.toString(), latest.status, latest.body.length];
  for (const identity of [kept, replaced, deleted, again]) await given(v2, [smallInstance(identity)]);
  await given(v2, [smallInstance({ ...replaced, patientName: 'Second^Version' })], { method: 'PUT' });
  for (const identity of [deleted, again]) await call(`${v2}${instancePath(identity)}`, { method: 'DELETE' });
  await given(v2, [smallInstance({ ...again, patientName: 'Stored^Again' })]);
  await given(v2, many.map((identity) => smallInstance(identity)), { path: '/studies' });
  await given(`${v2}/partitions/elsewhere`, [smallInstance(kept)]);
});
afterAll(() => archive.end());

describe('Change feed entries', () => {
  it('given nothing was ever stored, then an empty list, and 204 for the latest', () => {
    expect(ofEmptyArchive).toEqual([200, '[]', 204, 0]);
  });

  it('given an instance, then an entry in camel case with the metadata of now', async () => {
    const [entry] = of(await feed('?limit=1'), kept);
    expect(entry).toEqual({
      sequence: 1, partitionName: 'Microsoft.Default', studyInstanceUid: kept.studyInstanceUid, seriesInstanceUid: kept.seriesInstanceUid, sopInstanceUid: kept.sopInstanceUid,
      action: 'create', timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/), state: 'current', filePath: null, metadata: expect.objectContaining({ '00080018': { vr: 'UI', Value: [kept.sopInstanceUid] } }),
    });
  });

  it('given all changes, then sequences from 1 without a gap, and timestamps that strictly increase', async () => {
    const entries = await everything();
    expect(sequences(entries)).toEqual(Array.from({ length: 8 + many.length + 1 }, (_none, at) => at + 1));
    const timestamps = entries.map(({ timestamp }) => timestamp);
    expect([...new Set(timestamps)].sort()).toEqual(timestamps);
  });

  it('given an instance that was replaced, then a second create, the older entry is replaced, and both have the metadata of now', async () => {
    const entries = of(await everything(), replaced);
    expect(entries.map(({ action, state }) => [action, state])).toEqual([['create', 'replaced'], ['create', 'current']]);
    for (const { metadata } of entries) expect(metadata?.['00100010']?.Value).toEqual([{ Alphabetic: 'Second^Version' }]);
  });

  it('given an instance that was deleted, then a delete, all its entries are deleted, and none has metadata', async () => {
    const entries = of(await everything(), deleted);
    expect(entries.map(({ action, state }) => [action, state])).toEqual([['create', 'deleted'], ['delete', 'deleted']]);
    for (const entry of entries) expect(entry).not.toHaveProperty('metadata');
  });

  it('given an instance stored again after its delete, then the last entry is current and the older ones are replaced', async () => {
    expect(of(await everything(), again).map(({ action, state }) => [action, state])).toEqual([['create', 'replaced'], ['delete', 'replaced'], ['create', 'current']]);
  });

  it('given studies stored one after the other, then the feed has them in that order', async () => {
    const before = (await everything()).length;
    const following = Array.from({ length: 12 }, (_none, at) => identityOf(`following ${at}`));
    for (const identity of following) await given(v2, [smallInstance(identity)]);
    expect((await feed(`?offset=${before}`)).map(({ studyInstanceUid }) => studyInstanceUid)).toEqual(following.map(({ studyInstanceUid }) => studyInstanceUid));
  });

  it('given several partitions, then one feed has them all', async () => {
    expect((await everything()).filter(({ partitionName }) => partitionName === 'elsewhere')).toHaveLength(1);
    expect((await call(`${v2}/partitions/elsewhere/changefeed`)).status).toBe(404);
    expect((await call(`${v2}/partitions/elsewhere/changefeed/latest`)).status).toBe(404);
  });

  it('given stores that fail, then no entry', async () => {
    const before = (await everything()).length;
    expect((await store(v2, [smallInstance(kept)])).status).toBe(409);
    expect((await store(v2, [Buffer.from('no DICOM')])).status).toBe(409);
    expect(await everything()).toHaveLength(before);
  });

  it('given the latest, then the newest entry, with metadata unless told otherwise', async () => {
    const last = (await everything()).at(-1);
    const latest = async (query: string): Promise<Entry> => JSON.parse((await call(`${v2}/changefeed/latest${query}`)).body.toString()) as Entry;
    expect(await latest('')).toEqual(last);
    expect(await latest('?includeMetadata=false')).not.toHaveProperty('metadata');
  });

  it('given a method that writes, then 405', async () => {
    for (const method of ['POST', 'PUT', 'DELETE']) expect((await call(`${v2}/changefeed`, { method })).status).toBe(405);
  });

  it('given /v1 and /dicom-web, then it is the same feed', async () => {
    expect(sequences(await feed('?limit=5', v1))).toEqual(sequences(await feed('?limit=5')));
    expect(sequences(await feed('?limit=5', `${archive.baseUrl}/dicom-web`))).toEqual([1, 2, 3, 4, 5]);
  });
});

describe('Change feed windows', () => {
  it('given no parameter, then the first 100 entries with metadata', async () => {
    const entries = await feed();
    expect(sequences(entries)).toEqual(Array.from({ length: 100 }, (_none, at) => at + 1));
    expect(entries[0]).toHaveProperty('metadata');
  });

  it('given offset and limit, then rows are skipped, and the last page is short or empty', async () => {
    expect(sequences(await feed('?offset=10&limit=3'))).toEqual([11, 12, 13]);
    const total = (await everything()).length;
    expect(sequences(await feed(`?offset=${total - 1}`))).toEqual([total]);
    expect(await feed(`?offset=${total}`)).toEqual([]);
    expect(await feed('?offset=1000000')).toEqual([]);
  });

  it('given includeMetadata=false, in any letter case, then no metadata', async () => {
    for (const query of ['?includeMetadata=false', '?INCLUDEMETADATA=False']) for (const entry of await feed(`${query}&limit=2`)) expect(entry).not.toHaveProperty('metadata');
    expect((await feed('?includemetadata=True&limit=1'))[0]).toHaveProperty('metadata');
  });

  it('given an emitted timestamp as startTime, then that entry is the first; as endTime, then it is not in', async () => {
    const entries = await everything();
    const [from, to] = [entries[3]!.timestamp, entries[6]!.timestamp];
    expect(sequences(await feed(`?startTime=${time(from)}&endTime=${time(to)}`))).toEqual([4, 5, 6]);
    expect(sequences(await feed(`?startTime=${time(from)}&limit=1`))).toEqual([4]);
    expect(sequences(await feed(`?endTime=${time(to)}`))).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('given offset in a window of time, then it counts from the beginning of the window', async () => {
    const entries = await everything();
    expect(sequences(await feed(`?startTime=${time(entries[3]!.timestamp)}&offset=2&limit=2`))).toEqual([6, 7]);
    expect(await feed(`?startTime=${time(entries[3]!.timestamp)}&endTime=${time(entries[6]!.timestamp)}&offset=3`)).toEqual([]);
  });

  it('given times in another time zone, then the same window', async () => {
    const from = (await everything())[3]!.timestamp;
    const shifted = `${new Date(Date.parse(`${from.slice(0, 23)}Z`) + 2 * 3_600_000).toISOString().slice(0, 23)}${from.slice(23, 27)}+02:00`;
    expect(sequences(await feed(`?startTime=${time(shifted)}&limit=1`))).toEqual([4]);
    expect(sequences(await feed(`?startTime=${shifted}&limit=1`))).toEqual([4]);
  });

  it('given a window of the past or the future, then what is in it', async () => {
    expect(await feed('?endTime=2000-01-01T00:00:00Z')).toEqual([]);
    expect(await feed('?startTime=2999-01-01T00:00:00Z')).toEqual([]);
    expect(await feed('?startTime=2000-01-01T00:00:00Z&endTime=2999-01-01T00:00:00Z&limit=200')).toHaveLength(200);
  });

  it.each([
    ['limit=0', 'limit'], ['limit=201', 'limit'], ['limit=x', 'limit'], ['offset=-1', 'offset'], ['offset=x', 'offset'], ['includeMetadata=maybe', 'includeMetadata'], ['startTime=2026-01-01T00:00:00', 'startTime'], ['startTime=yesterday', 'startTime'],
    ['endTime=2026-01-01', 'endTime'], ['startTime=2026-01-02T00:00:00Z&endTime=2026-01-01T00:00:00Z', 'startTime'], ['startTime=2026-01-01T00:00:00Z&endTime=2026-01-01T00:00:00Z', 'endTime'],
  ])('given %s, then 400 that names %s', async (query, name) => {
    const { status, body } = await call(`${v2}/changefeed?${query}`);
    expect(status).toBe(400);
    expect(body.toString()).toContain(name);
  });
});

describe('Change feed under /v1', () => {
  it('given no parameter, then the first 10 sequences', async () => {
    expect(sequences(await feed('', v1))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  it('given offset and limit, then the span of sequences behind the offset', async () => {
    expect(sequences(await feed('?offset=7&limit=3', v1))).toEqual([8, 9, 10]);
    expect(await feed('?offset=100000', v1)).toEqual([]);
  });

  it.each(['limit=0', 'limit=101', 'offset=-1'])('given %s, then 400', async (query) => {
    expect((await call(`${v1}/changefeed?${query}`)).status).toBe(400);
  });

  it('given limit=100, then it is allowed', async () => {
    expect(await feed('?limit=100', v1)).toHaveLength(100);
  });
});

interface Event {
  readonly id: string;
  readonly event: string;
  readonly data: Entry;
}

/** Reads events until there are so many; then the connection is given up. */
const readEvents = async (response: IncomingMessage, count: number): Promise<Event[]> => {
  let text = '';
  const events: Event[] = [];
  for await (const chunk of response) {
    text += (chunk as Buffer).toString('utf8');
    const blocks = text.split('\n\n');
    text = blocks.pop()!;
    events.push(...blocks.map(eventOf).filter((event) => event !== undefined));
    if (events.length >= count) break;
  }
  response.destroy();
  return events.slice(0, count);
};

const eventOf = (block: string): Event | undefined => {
  const fields = Object.fromEntries(block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]));
  return fields.data === undefined ? undefined : { id: fields.id!, event: fields.event!, data: JSON.parse(fields.data) as Entry };
};

describe('Change feed stream', () => {
  const stream = (query: string, headers: Record<string, string> = {}): Promise<IncomingMessage> => open(`${v2}/changefeed/stream${query}`, { headers: { accept: 'text/event-stream', ...headers } });

  it('given fromSequence, then events from there, whose id is the sequence', async () => {
    const response = await stream('?fromSequence=2&includeMetadata=false');
    expect([response.statusCode, response.headers['content-type']]).toEqual([200, 'text/event-stream']);
    const events = await readEvents(response, 3);
    expect(events.map(({ id, event, data }) => [id, event, data.sequence])).toEqual([['2', 'create', 2], ['3', 'create', 3], ['4', 'create', 4]]);
    expect(events[0]?.data).toEqual(of(await feed('?limit=5&includeMetadata=false'), replaced)[0]);
  });

  it('given Last-Event-ID, then what comes behind it, and it beats fromSequence', async () => {
    expect((await readEvents(await stream('?fromSequence=1', { 'last-event-id': '5' }), 2)).map(({ id }) => id)).toEqual(['6', '7']);
  });

  it('given more entries than a page, then all of them in order', async () => {
    const total = (await everything()).length;
    expect((await readEvents(await stream('?fromSequence=1&includeMetadata=false'), total)).map(({ data }) => data.sequence)).toEqual(Array.from({ length: total }, (_none, at) => at + 1));
  });

  it('given neither, then what is stored from now on, with metadata', async () => {
    const response = await stream('');
    const reading = readEvents(response, 2);
    const live = identityOf('live');
    await given(v2, [smallInstance(live)]);
    await call(`${v2}${instancePath(live)}`, { method: 'DELETE' });
    const events = await reading;
    expect(events.map(({ event, data }) => [event, data.sopInstanceUid])).toEqual([['create', live.sopInstanceUid], ['delete', live.sopInstanceUid]]);
  });

  it('given HEAD, then the head alone', async () => {
    const { status, headers } = await call(`${v2}/changefeed/stream`, { method: 'HEAD', timeoutMs: 60_000 });
    expect([status, headers['content-type']]).toEqual([200, 'text/event-stream']);
  });

  it.each([['?fromSequence=0'], ['?fromSequence=x'], ['?includeMetadata=maybe']])('given %s, then 400', async (query) => {
    const response = await stream(query);
    response.resume();
    expect(response.statusCode).toBe(400);
  });

  it('given a Last-Event-ID that is no sequence, then 400', async () => {
    const response = await stream('', { 'last-event-id': 'x' });
    response.resume();
    expect(response.statusCode).toBe(400);
  });
});

describe('Change feed journal', () => {
  interface Line {
    readonly kind: string;
    readonly sequence?: number;
    readonly sop?: string;
    readonly sha256?: string;
    readonly name?: string;
  }
  const journal = async (query = ''): Promise<Line[]> => {
    const { status, headers, body } = await call(`${v2}/changefeed/journal${query}`);
    expect([status, headers['content-type']]).toEqual([200, 'application/x-ndjson']);
    return body.toString('utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Line);
  };

  it('given the whole journal, then every change in order as NDJSON, and the partitions', async () => {
    const lines = await journal();
    const total = (await everything()).length;
    const changes = lines.filter(({ kind }) => kind === 'change');
    expect(changes.map(({ sequence }) => sequence)).toEqual(Array.from({ length: total }, (_none, at) => at + 1));
    expect(changes[0]).toMatchObject({ sop: kept.sopInstanceUid, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(lines.filter(({ kind }) => kind === 'partition').map(({ name }) => name)).toEqual(expect.arrayContaining(['Microsoft.Default', 'elsewhere']));
  });

  it('given fromSequence, then whole segments, the first of which holds it', async () => {
    const total = (await everything()).length;
    await given(v2, [smallInstance(identityOf('journal'))]);
    const changes = (await journal(`?fromSequence=${total + 1}`)).filter(({ kind }) => kind === 'change');
    expect(changes.map(({ sequence }) => sequence)).toContain(total + 1);
  });

  it.each(['?fromSequence=0', '?fromSequence=x', '?toSequence=-1'])('given %s, then 400', async (query) => {
    expect((await call(`${v2}/changefeed/journal${query}`)).status).toBe(400);
  });
});
