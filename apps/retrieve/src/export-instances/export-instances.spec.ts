import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NEVER_UPDATED, type InstanceRow } from '@isocenter/metadata-store';
import { FilesObjectStore, ObjectStoreUnavailableError } from '@isocenter/object-store';
import { OperationFailedError, type Operation } from '@isocenter/operations';
import { StoredInstances } from '@isocenter/stored-instances';
import { openPorts, type OpenPorts } from '@isocenter/testing';
import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { ExportDestinations } from './export-destinations.js';
import { ExportInstances } from './export-instances.js';

const bytes = Buffer.from('bytes of an instance');
const id = '0123456789abcdef0123456789abcdef';

describe('ExportInstances', () => {
  let ports: OpenPorts;
  let objects: FilesObjectStore;
  let target: FilesObjectStore;
  let destinations: ExportDestinations;
  let exporting: ExportInstances;
  const logged: unknown[] = [];
  beforeEach(async () => {
    ports = await openPorts();
    objects = await FilesObjectStore.open(join(ports.folder, 'objects'));
    target = await FilesObjectStore.open(join(ports.folder, 'target'));
    destinations = new ExportDestinations([{ name: 'target', type: 'file', folder: join(ports.folder, 'target') }, { name: 'away', type: 'file', folder: join(ports.folder, 'away') }]);
    logged.length = 0;
    exporting = new ExportInstances(new StoredInstances(ports.store, objects), destinations, { error: (...told: unknown[]) => void logged.push(told) });
  });
  afterEach(async () => {
    await destinations.close();
    await objects.close();
    await target.close();
    await ports.close();
  });

  const store = async (sops: readonly string[], ordinal = 0): Promise<void> => {
    const rows = sops.map((sop, at): InstanceRow => ({
      partition: 1, study: '1', series: '2', sop, ordinal: ordinal + at, version: sop, objectKey: `p/1/2/${sop}_v.dcm`, size: bytes.length, sha256: '', transferSyntax: '1', sopClass: '1', instanceNumber: null,
      storedBy: 'me', storedAt: '', frameCount: 1, studySet: '', seriesSet: '', attributes: '{}', ...NEVER_UPDATED,
    }));
    await ports.store.commit({ writes: rows.map((row) => ({ op: 'insert', table: 'instances', row })) });
    for (const row of rows) await objects.put(row.objectKey, bytes);
  };
  const operation = (state: unknown = {}, destination = 'target'): Operation => ({ id, partition: 'Microsoft.Default', createdBy: 'me', state, request: { identifiers: ['1', '9/9/9'], destination, prefix: 'a' } });
  const signal = new AbortController().signal;
  const found = async (): Promise<string[]> => {
    const names: string[] = [];
    for await (const { key } of target.list('')) names.push(key);
    return names;
  };

  it('given more instances than a step takes, then each step goes on behind the last, and the last one joins errors.log', async () => {
    await store(Array.from({ length: 300 }, (_none, at) => String(at)));
    const taken: number[] = [];
    let outcome = await exporting.step(operation(), signal);
    for (; !outcome.done; outcome = await exporting.step(operation(outcome.state), signal)) taken.push((outcome.results as { exported: number }).exported);
    expect([taken.length > 1, taken[0]! <= 256, taken.at(-1), [...taken].sort((x, y) => x - y)]).toEqual([true, true, 300, taken]);
    expect(outcome).toEqual({ done: true, results: { exported: 300, skipped: 1, errorHref: `a/${id}/errors.log` } });
    expect((await found()).filter((name) => name.includes('/results/1/2/'))).toHaveLength(300);
    expect((await found()).filter((name) => !name.includes('/results/1/2/'))).toEqual([`a/${id}/errors.log`]);
  });

  it('given a step that is done again, then its instances count once', async () => {
    await store(['1', '2', '3']);
    const once = await exporting.step(operation(), signal);
    expect(await exporting.step(operation(), signal)).toEqual(once);
    expect((await found()).filter((name) => name.endsWith('.dcm'))).toHaveLength(3);
  });

  it('given objects that are missing or too short, then they are skipped, told in errors.log, and heard of without a UID', async () => {
    await store(['11', '12', '13']);
    await objects.remove(['p/1/2/11_v.dcm', 'p/1/2/12_v.dcm']);
    await objects.put('p/1/2/12_v.dcm', bytes.subarray(1));
    const { state, results } = await exporting.step(operation(), signal);
    expect(results).toEqual({ exported: 1, skipped: 3 });
    await exporting.step(operation(state), signal);
    const log = (await target.readRange(`a/${id}/errors.log`, 0, (await target.stat(`a/${id}/errors.log`)).size)).toString();
    expect(log.trim().split('\n').map((line) => (JSON.parse(line) as { identifier: string }).identifier).sort()).toEqual(['1/2/11', '1/2/12', '9/9/9']);
    expect(logged).toHaveLength(2);
    expect(JSON.stringify(logged)).not.toMatch(/1\/2\/1|_v/);
  });

  it('given a destination that is away, then a retriable error, and it goes on when it is there', async () => {
    await store(['1']);
    symlinkSync('nowhere/at/all', join(ports.folder, 'away'));
    await expect(exporting.step(operation({}, 'away'), signal)).rejects.toThrow(ObjectStoreUnavailableError);
    rmSync(join(ports.folder, 'away'));
    expect(await exporting.step(operation({}, 'away'), signal)).toMatchObject({ results: { exported: 1, skipped: 1 } });
  });

  it('given a destination that the settings do not have any more, then the operation fails', async () => {
    await expect(exporting.step(operation({}, 'gone'), signal)).rejects.toThrow(new OperationFailedError("The destination 'gone' is not in EXPORT_DESTINATIONS any more."));
  });
});
