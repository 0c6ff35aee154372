import { describe, expect, it } from '@jest/globals';
import { acknowledge, leaveUnsure, newSlot, versionOf, type Action, type Slot } from './archive-model.js';
import { ChangeFeedReader, type FeedEntry } from './change-feed-reader.js';
import { judgeFeed } from './judge-feed.js';
import { judgeSlot, judgeStudy, type FoundInstance } from './judge-slot.js';
import type { Requests } from './requests.js';

const slotWith = (...actions: Action[]): Slot => {
  const slot = newSlot('1.2', Math.random());
  for (const action of actions) acknowledge(slot, action, action === 'create' ? versionOf(slot.identity, 16) : undefined);
  return slot;
};
const asAcknowledged = ({ current }: Slot): FoundInstance => ({ sha256: current?.sha256, number: current?.number });
const absent: FoundInstance = { sha256: undefined, number: undefined };
const kinds = (found: readonly { kind: string }[]): string[] => found.map(({ kind }) => kind);

describe('a look at one instance', () => {
  it('given what was acknowledged, then nothing is wrong', () => {
    for (const slot of [slotWith('create'), slotWith('create', 'delete'), slotWith()]) expect(judgeSlot(slot, asAcknowledged(slot))).toEqual([]);
  });

  it('given an acknowledged instance that is not there, then it is lost', () => {
    expect(kinds(judgeSlot(slotWith('create'), absent))).toEqual(['lost']);
    expect(kinds(judgeSlot(slotWith('create'), { ...absent, number: 1 }))).toEqual(['lost']);
  });

  it('given another version than the acknowledged one, then it is altered; bytes and metadata apart', () => {
    const slot = slotWith('create');
    const other = versionOf(slot.identity, 16);
    expect(kinds(judgeSlot(slot, { sha256: other.sha256, number: other.number }))).toEqual(['altered']);
    expect(kinds(judgeSlot(slot, { ...asAcknowledged(slot), number: other.number }))).toEqual(['altered']);
    expect(kinds(judgeSlot(slot, { ...asAcknowledged(slot), number: undefined }))).toEqual(['lost']);
  });

  it('given an instance whose delete was acknowledged, when it is there, then nobody asked for it', () => {
    const { sha256, number } = versionOf(newSlot('1.2', 0).identity, 16);
    expect(kinds(judgeSlot(slotWith('create', 'delete'), { sha256, number }))).toEqual(['unasked']);
  });

  it('given an unanswered change, then it happened or not, and the feed is expected to say so', () => {
    const slot = slotWith('create');
    const next = versionOf(slot.identity, 16);
    leaveUnsure(slot, 'create', next);
    expect(judgeSlot(slot, { sha256: next.sha256, number: next.number })).toEqual([]);
    expect([slot.current, slot.actions, slot.unsure]).toEqual([next, ['create', 'create'], undefined]);
    leaveUnsure(slot, 'delete', undefined);
    expect(judgeSlot(slot, { sha256: next.sha256, number: next.number })).toEqual([]);
    expect(slot.actions).toEqual(['create', 'create']);
    leaveUnsure(slot, 'delete', undefined);
    expect(judgeSlot(slot, absent)).toEqual([]);
    expect(slot.actions).toEqual(['create', 'create', 'delete']);
  });
});

describe('a look at a study', () => {
  it('given other instances than acknowledged, then each is named, and a wrong count', () => {
    const slots = [slotWith('create'), slotWith('create'), slotWith('create', 'delete')];
    const [first, second] = slots.map(({ identity }) => identity.sopInstanceUid) as [string, string];
    expect(judgeStudy('1.2', slots, [second, first], 2)).toEqual([]);
    expect(kinds(judgeStudy('1.2', slots, [first], 2))).toEqual(['lost']);
    expect(kinds(judgeStudy('1.2', slots, [first, second, 'x'], 2))).toEqual(['unasked']);
    expect(kinds(judgeStudy('1.2', slots, [first, second, first], 2))).toEqual(['duplicate']);
    expect(kinds(judgeStudy('1.2', slots, [first, second], 3))).toEqual(['altered']);
  });
});

const entry = (sequence: number, { identity }: Slot, action: Action, state: string): FeedEntry =>
  ({ sequence, action, state, timestamp: `2026-01-01T00:00:00.${String(sequence).padStart(7, '0')}Z`, sopInstanceUid: identity.sopInstanceUid });

describe('a look at the feed', () => {
  const kept = slotWith('create', 'create');
  const gone = slotWith('create', 'delete');
  const right = [entry(1, kept, 'create', 'replaced'), entry(2, gone, 'create', 'deleted'), entry(3, kept, 'create', 'current'), entry(4, gone, 'delete', 'deleted')];

  it('given each accepted change once, then nothing is wrong', () => {
    expect(judgeFeed(right, [kept, gone])).toEqual([]);
  });

  it.each([
    ['an entry is missing', right.slice(0, 3), ['lost']],
    ['an entry is there twice', [...right, entry(5, gone, 'delete', 'deleted')], ['duplicate']],
    ['a state is wrong', [{ ...right[0]!, state: 'current' }, ...right.slice(1)], ['altered']],
    ['nobody sent the instance', [...right, entry(5, slotWith(), 'create', 'current')], ['unasked']],
  ])('given that %s, then it says so', (_what, entries, expected) => {
    expect(kinds(judgeFeed(entries, [kept, gone]))).toEqual(expected);
  });

  const pages = (...answers: (readonly FeedEntry[])[]): Requests => ({
    send: async () => ({ status: 200, headers: {}, body: Buffer.from(JSON.stringify(answers.shift() ?? [])) }),
  });

  it.each([
    ['a gap', [right[0]!, right[2]!], 'gap'],
    ['a number twice', [right[0]!, right[0]!], 'duplicate'],
    ['a time that goes back', [right[0]!, { ...right[1]!, timestamp: right[0]!.timestamp }], 'altered'],
  ])('given %s in what is read, then it says so', async (_what, entries, kind) => {
    await expect(new ChangeFeedReader().readAll(pages(entries))).rejects.toMatchObject({ kind });
  });

  it('given an entry that is another one than before, or gone, then it says so', async () => {
    const reader = new ChangeFeedReader();
    await reader.readOn(pages(right));
    await expect(reader.readAll(pages(right))).resolves.toHaveLength(4);
    await expect(reader.readAll(pages([right[0]!, { ...right[1]!, action: 'update' }]))).rejects.toMatchObject({ kind: 'altered' });
    await expect(reader.readAll(pages(right.slice(0, 2)))).rejects.toMatchObject({ kind: 'lost' });
  });
});
