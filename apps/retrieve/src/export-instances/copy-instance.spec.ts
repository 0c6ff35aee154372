import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { InstanceRow } from '@isocenter/metadata-store';
import { FilesObjectStore, ObjectTruncatedError } from '@isocenter/object-store';
import { StoredInstances } from '@isocenter/stored-instances';
import { openPorts, type OpenPorts } from '@isocenter/testing';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { copyInstance } from './copy-instance.js';

describe('copyInstance', () => {
  let ports: OpenPorts;
  let target: FilesObjectStore;
  let instances: StoredInstances;
  const bytes = Buffer.alloc(3_000_000, 'bytes of an instance');
  const row = { objectKey: 'p/1/2/3_v.dcm', size: bytes.length } as InstanceRow;
  const key = 'operation/results/1/2/3.dcm';
  const signal = new AbortController().signal;
  beforeEach(async () => {
    ports = await openPorts();
    target = await FilesObjectStore.open(join(ports.folder, 'target'));
    const objects = await FilesObjectStore.open(join(ports.folder, 'objects'));
    await objects.put(row.objectKey, bytes);
    instances = new StoredInstances(ports.store, objects);
  });
  afterEach(async () => {
    await instances.objects.close();
    await target.close();
    await ports.close();
  });
  const copied = (): Promise<Buffer> => target.readRange(key, 0, bytes.length);
  const left = (): string[] => readdirSync(join(ports.folder, 'target/.incoming'));

  it('given nothing there, then the bytes, and nothing else', async () => {
    await copyInstance(row, instances, target, key, signal);
    expect((await copied()).equals(bytes)).toBe(true);
    expect(left()).toEqual([]);
  });

  it('given it is there with the same size, then it is done and stays', async () => {
    const before = Buffer.alloc(bytes.length, 1);
    await target.put(key, before);
    await copyInstance(row, instances, target, key, signal);
    expect((await copied()).equals(before)).toBe(true);
    expect(left()).toEqual([]);
  });

  it('given it is there with another size, then it gives way', async () => {
    await target.put(key, bytes.subarray(1));
    await copyInstance(row, instances, target, key, signal);
    expect((await copied()).equals(bytes)).toBe(true);
  });

  it('given an object that is too short, or an end that is asked for, then it rejects and nothing is left', async () => {
    await expect(copyInstance({ ...row, size: bytes.length + 1 }, instances, target, key, signal)).rejects.toThrow(ObjectTruncatedError);
    await expect(copyInstance(row, instances, target, key, AbortSignal.abort())).rejects.toThrow(/aborted/);
    expect(left()).toEqual([]);
    await expect(target.stat(key)).rejects.toThrow(/no object/);
  });
});
