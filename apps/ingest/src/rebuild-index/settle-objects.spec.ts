import { decodeDecision } from '@isocenter/commands';
import { NEVER_UPDATED } from '@isocenter/metadata-store';
import { ByteBudget, FilesObjectStore, instanceKey } from '@isocenter/object-store';
import { dicomFile, dicomText, openPorts, type OpenPorts } from '@isocenter/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import type { RebuildContext } from './rebuild-context.js';
import { NOTHING_YET, type RebuildProgress } from './rebuild-progress.js';
import { settleObjects } from './settle-objects.js';

const MINUTE = 60_000;

describe('settleObjects', () => {
  let ports: OpenPorts;
  let objects: FilesObjectStore;
  let key: string;
  beforeEach(async () => {
    ports = await openPorts();
    objects = await FilesObjectStore.open(join(ports.folder, 'objects'));
    await ports.store.commit({ writes: [{ op: 'insert', table: 'partitions', row: { key: 2, name: 'p', createdAt: 'then' } }] });
    key = instanceKey({ partition: 'p', studyInstanceUid: '1', seriesInstanceUid: '2', sopInstanceUid: '3' }, '0002');
    await objects.put(key, dicomFile({ dataSet: dicomText({ '00080016': ['UI', '1.2.840.10008.5.1.4.1.1.7'], '00080018': ['UI', '3'], '0020000d': ['UI', '1'], '0020000e': ['UI', '2'] }) }));
  });
  afterEach(async () => {
    await objects.close();
    await ports.close();
  });

  const options = { budget: new ByteBudget(10_000_000), maxHeaderBytes: 10_000_000, graceMs: 10 * MINUTE, deadlineMs: 1_000 };
  /** The object is written now; the journal ended so long after that. */
  const settle = (endedAfterMs: number, more: Partial<RebuildProgress> = {}) =>
    settleObjects({ ...NOTHING_YET, phase: 'settle', journalEndedAt: Date.now() + endedAfterMs, ...more }, { ports: { store: ports.store, objects }, options, signal: new AbortController().signal } as unknown as RebuildContext);
  const keys = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const object of objects.list('')) found.push(object.key);
    return found;
  };
  const there = (version: string): Promise<unknown> => ports.store.commit({ writes: [{ op: 'put', table: 'instances', row: {
    partition: 2, study: '1', series: '2', sop: '3', version, objectKey: 'k', ordinal: 1, size: 3, sha256: '', transferSyntax: '', sopClass: '', instanceNumber: null,
    storedBy: '', storedAt: '', frameCount: 0, studySet: '', seriesSet: '', attributes: '{}', ...NEVER_UPDATED,
  } }] });

  it('given an object that was written since the rebuild began, then its upload goes on as if there were none', async () => {
    await settle(-MINUTE, { begunAt: Date.now() - MINUTE });
    expect([await keys(), await ports.store.findDecisions(['0002'])]).toEqual([[key], []]);
  });

  it('given one whose change may have waited behind others when the journal ended, then it is undecided, and its command void', async () => {
    expect(await settle(9 * MINUTE)).toMatchObject({ undecided: 1, quarantined: 0, undecidedInstances: [expect.stringContaining('1/2/3')] });
    expect(await keys()).toEqual([`undecided~/${key}`]);
    expect((await ports.store.findDecisions(['0002'])).map(({ decision }) => decodeDecision(decision))).toEqual([{ kind: 'void' }]);
  });

  it('given one that is older than what the sweep leaves alone, or whose place a newer version has, then it is in quarantine', async () => {
    await there('0003');
    expect(await settle(MINUTE)).toMatchObject({ undecided: 0, quarantined: 1 });
    await there('0001');
    await objects.put(key, Buffer.from('x'));
    await objects.remove([`quarantine~/${key}`]);
    expect(await settle(11 * MINUTE)).toMatchObject({ undecided: 0, quarantined: 1 });
    expect(await keys()).toEqual([`quarantine~/${key}`]);
  });
});
