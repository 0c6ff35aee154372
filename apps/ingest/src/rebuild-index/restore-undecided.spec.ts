import { CommandSender, insertDecision } from '@isocenter/commands';
import { TOPICS } from '@isocenter/event-log';
import { NEVER_UPDATED } from '@isocenter/metadata-store';
import { ByteBudget, FilesObjectStore, instanceKey, type InstanceIdentity } from '@isocenter/object-store';
import { dicomFile, dicomText, openPorts, type OpenPorts } from '@isocenter/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { removeOrphans } from '../release-objects/remove-orphans.js';
import { UNDECIDED } from './move-object.js';
import type { RebuildContext } from './rebuild-context.js';
import { NOTHING_YET } from './rebuild-progress.js';
import { restoreUndecided } from './restore-undecided.js';

describe('restoreUndecided', () => {
  let ports: OpenPorts;
  let objects: FilesObjectStore;
  let commands: CommandSender;
  beforeEach(async () => {
    ports = await openPorts();
    objects = await FilesObjectStore.open(join(ports.folder, 'objects'));
    commands = new CommandSender(ports.eventLog, ports.store);
  });
  afterEach(async () => {
    commands.close();
    await objects.close();
    await ports.close();
  });

  const keys = async (): Promise<string[]> => {
    const found: string[] = [];
    for await (const { key } of objects.list('')) found.push(key);
    return found;
  };
  const step = () => restoreUndecided(NOTHING_YET, { ports: { ...ports, objects, commands }, options: { budget: new ByteBudget(10_000_000), maxHeaderBytes: 10_000_000 }, operation: { id: 'op', createdBy: '' }, signal: new AbortController().signal } as unknown as RebuildContext);

  it.each(['undecided', 'quarantine'])('given a partition that is called %s, then its images stay where they are', async (partition) => {
    const key = instanceKey({ partition, studyInstanceUid: '1.2', seriesInstanceUid: '1.3', sopInstanceUid: '1.4' }, 'v');
    await objects.put(key, Buffer.from('DICM'));
    expect(await step()).toEqual({ phase: 'digest' });
    expect(await keys()).toEqual([key]);
  });

  /** Large metadata lie beside it. */
  const undecided = async (of: InstanceIdentity): Promise<{ key: string; bytes: Buffer }> => {
    const many = Object.fromEntries(Array.from({ length: 6_000 }, (_none, at): [string, [string, string]] => [`0009${(0x1000 + at).toString(16).padStart(4, '0')}`, ['LO', `value ${at}`]]));
    const bytes = dicomFile({ dataSet: dicomText({ '00080016': ['UI', '1.2.840.10008.5.1.4.1.1.7'], '00080018': ['UI', of.sopInstanceUid], '00090010': ['LO', 'ACME'], ...many, '0020000d': ['UI', of.studyInstanceUid], '0020000e': ['UI', of.seriesInstanceUid] }) });
    const key = instanceKey(of, 'v');
    await objects.put(`${UNDECIDED}${key}`, bytes);
    return { key, bytes };
  };

  it.each(['all of it', 'its metadata', 'nothing'])('given that the sweep takes %s before the command is decided, when it is accepted, then all of it is there', async (swept) => {
    const of = { partition: 'Microsoft.Default', studyInstanceUid: '1.2', seriesInstanceUid: '1.3', sopInstanceUid: '1.4' };
    const { key, bytes } = await undecided(of);
    const metadataKey = key.replace('.dcm', '.metadata');
    const ended = step();
    const sent = async (): Promise<boolean> => (await ports.eventLog.ends(TOPICS.instanceCommands)).some((end) => end > 0);
    while (!(await sent())) await new Promise(setImmediate);
    await removeOrphans(swept === 'nothing' ? [] : swept === 'its metadata' ? [metadataKey] : [key, metadataKey], ports.store, objects);
    const row = { partition: 1, study: '1.2', series: '1.3', sop: '1.4', ordinal: 1, version: 'v', objectKey: key, size: bytes.length, sha256: '', transferSyntax: '', sopClass: '', instanceNumber: null, storedBy: '', storedAt: '', frameCount: 0, studySet: '', seriesSet: '', attributes: '', ...NEVER_UPDATED };
    expect(await ports.store.commit({ writes: [{ op: 'insert', table: 'instances', row }, insertDecision('restore/v', { kind: 'created', version: 'v' })] })).toEqual({ committed: true });
    expect(await ended).toMatchObject({ accepted: 1, failed: 0 });
    expect(await keys()).toEqual([key, metadataKey]);
    expect(await objects.readRange(key, 0, bytes.length)).toEqual(bytes);
  }, 20_000);
});
