import { describe, expect, it } from '@jest/globals';
import type { TopicRecord } from '../support/topic-records.js';
import { acknowledge, newSlot, versionOf, type Slot } from '../workload/archive-model.js';
import type { FeedEntry } from '../workload/change-feed-reader.js';
import type { Operation } from '../workload/requests.js';
import type { RequestOutcome, RequestRecord } from './client-requests.js';
import { judgeObjects } from './judge-objects.js';
import { isRecovered, judgeOutage, judgeRequests, recoveryOf } from './judge-outage.js';
import { judgeJournal, judgeTopic } from './judge-topic.js';
import type { Fault } from './plan-faults.js';

const kinds = (found: readonly { kind: string }[]): string[] => found.map(({ kind }) => kind);

describe('a look at the objects', () => {
  const stored = (name: string): Slot => {
    const slot = newSlot('1.2', name);
    acknowledge(slot, 'create', versionOf(slot.identity, 16));
    return slot;
  };
  const [there, deleted] = [stored('there'), stored('deleted')];
  acknowledge(deleted, 'delete', undefined);
  const keyOf = ({ identity: { sopInstanceUid } }: Slot, version: string, ending = 'dcm'): string => `%4dicrosoft.%44efault/1.2/1.3/${sopInstanceUid}_${version}.${ending}`;
  const right = ['journal/0000000000000001-0000000000000002.ndjson', keyOf(there, 'v1'), keyOf(there, 'v1', 'metadata')];

  it('given one object for each instance, what lies beside it, and the journal, then nothing is wrong', () => {
    expect(judgeObjects(right, [there, deleted])).toEqual([]);
  });

  it.each([
    ['the object of an instance is missing', right.slice(0, 1), ['lost']],
    ['a deleted instance left one', [...right, keyOf(deleted, 'v1')], ['orphan']],
    ['a replaced version left one', [...right, keyOf(there, 'v0')], ['orphan']],
    ['metadata of no version are left', [...right, keyOf(there, 'v0', 'metadata')], ['orphan']],
    ['an object is of nobody', [...right, keyOf(newSlot('1.2', 'nobody'), 'v1'), 'some/thing'], ['orphan', 'orphan']],
  ])('given that %s, then it says so', (_what, keys, expected) => {
    expect(kinds(judgeObjects(keys, [there, deleted]))).toEqual(expected);
  });

  const updated = stored('updated');
  updated.original = updated.current;
  acknowledge(updated, 'update', versionOf(updated.identity, 16));

  it.each([
    ['its original and the latest', ['v1', 'v2'], []],
    ['the latest only', ['v2'], ['lost']],
    ['one between them too', ['v1', 'v2', 'v3'], ['orphan']],
  ])('given an updated instance that has %s, then it says what is wrong', (_what, versions, expected) => {
    expect(kinds(judgeObjects(versions.map((version) => keyOf(updated, version)), [updated]))).toEqual(expected);
  });
});

const entries: FeedEntry[] = [1, 2, 3].map((sequence) => ({ sequence, action: 'create', state: 'current', timestamp: String(sequence), sopInstanceUid: `9.${sequence}` }));

describe('a look at the public topic', () => {
  const record = (sequence: number, over: Partial<TopicRecord> = {}, data: object = {}): TopicRecord => ({
    partition: 0, offset: 0, key: 'k', headers: { ce_sequence: String(sequence).padStart(16, '0'), ce_type: 'created' },
    value: JSON.stringify({ sequenceNumber: sequence, action: 'create', imageStudyInstanceUid: '1.2', imageSopInstanceUid: `9.${sequence}`, ...data }), ...over,
  });
  const watermark = (sequence: number): TopicRecord => record(sequence, { headers: { ce_sequence: String(sequence), ce_type: 'isocenter.watermark.v1' } });
  const right = [record(1), record(2), record(3)];

  it('given every change, doubles and watermarks, then nothing is wrong', () => {
    expect(judgeTopic([record(1), record(2), record(1), record(2), watermark(2), record(3), watermark(3)], entries)).toEqual({ wrong: [], doubles: 2 });
  });

  it.each([
    ['a change is missing', right.slice(1), ['lost']],
    ['two are in the wrong order', [right[1]!, right[0]!, right[2]!], ['altered']],
    ['one comes behind its watermark', [right[0]!, watermark(2), right[1]!, right[2]!], ['gap']],
    ['a double differs', [...right, record(3, {}, { action: 'delete' })], ['altered']],
    ['one tells of another instance', [...right.slice(0, 2), record(3, {}, { imageSopInstanceUid: '9.9' })], ['altered']],
    ['a study has two partitions', [...right.slice(0, 2), record(3, { partition: 1 })], ['altered']],
    ['one is not in the feed', [...right, record(4)], ['unasked']],
  ])('given that %s, then it says so', (_what, records, expected) => {
    expect(kinds(judgeTopic(records, entries).wrong)).toEqual(expected);
  });
});

describe('a look at the journal', () => {
  const line = (sequence: number, sop = `9.${sequence}`): string => `${JSON.stringify({ kind: 'change', sequence, sop })}\n`;
  const partition = '{"kind":"partition","key":1}\n';

  it.each([
    ['everything in order', [partition, line(1), line(2), partition, line(3)], []],
    ['a gap', [line(1), line(3)], ['gap', 'lost']],
    ['a double', [line(1), line(2), line(2), line(3)], ['duplicate', 'duplicate', 'lost']],
    ['another instance', [line(1), line(2), line(3, '9.9')], ['altered']],
    ['an early end', [line(1), line(2)], ['lost']],
  ])('given %s', (_what, lines, expected) => {
    expect(kinds(judgeJournal(lines.join(''), entries))).toEqual(expected);
  });
});

describe('a look at the requests of a fault', () => {
  const request = (operation: Operation, outcome: RequestOutcome, began: number, ended: number, client = 0): RequestRecord => ({ client, operation, began, ended, outcome, status: undefined });
  const pauseOf = (target: Fault['target']): Fault => ({ kind: 'pause', target, replica: 'all', ms: 100 }) as Fault;
  const outage = { began: 1_000, ended: 2_000 };
  const operations: readonly Operation[] = ['store', 'delete', 'search', 'metadata', 'bytes', 'picture', 'feed'];
  const refusedOf = (target: Fault['target']): string[] =>
    judgeOutage(pauseOf(target), outage, operations.map((operation) => request(operation, 'refused', 1_100, 1_200))).map(({ text }) => /a (\w+) does not need/.exec(text)![1]!);

  it('given a server that is away, then what does not need it may not be refused', () => {
    expect(refusedOf('kafka')).toEqual(['search', 'metadata', 'bytes', 'picture', 'feed']);
    expect(refusedOf('minio')).toEqual(['delete', 'search', 'metadata', 'feed']);
    expect(refusedOf('mongodb')).toEqual([]);
    expect(refusedOf('index')).toEqual([]);
  });

  it('given a request that began before or ended behind, then it is not judged by the outage', () => {
    expect(judgeOutage(pauseOf('kafka'), outage, [request('search', 'refused', 900, 1_100), request('search', 'refused', 1_900, 2_100)])).toEqual([]);
  });

  it('given a request that hung, or was refused while nothing was wrong, then it says so', () => {
    expect(kinds(judgeRequests([request('feed', 'hung', 0, 9_000), request('store', 'refused', 500, 900), request('store', 'refused', 1_100, 1_200)], 1_000))).toEqual(['unanswered', 'unanswered']);
  });

  it('given the first successes behind the outage, then they say how long recovery took', () => {
    const records = [request('store', 'answered', 1_500, 1_600), request('store', 'refused', 1_900, 2_050), request('store', 'answered', 2_060, 2_100), request('feed', 'answered', 1_900, 2_030), request('store', 'answered', 2_100, 2_300)];
    expect(recoveryOf(outage, records)).toEqual({ first: { store: 100, feed: 30 }, lastFailure: 50 });
  });

  it('given each operation and each client served, then it is recovered; not with a failure among the last', () => {
    const served = [0, 1].flatMap((client) => operations.map((operation) => request(operation, 'answered', 2_100, 2_200, client)));
    expect(isRecovered(2_000, served, 2)).toBe(true);
    expect(isRecovered(2_150, served, 2)).toBe(false);
    expect(isRecovered(2_000, served, 3)).toBe(false);
    expect(isRecovered(2_000, [...served, request('feed', 'refused', 2_300, 2_400)], 2)).toBe(false);
    expect(isRecovered(2_000, served.filter(({ operation }) => operation !== 'delete'), 2)).toBe(false);
  });
});
