import { renderMetrics } from '@isocenter/telemetry';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FilesObjectStore } from './files/files-object-store.js';
import { measured } from './measured-object-store.js';
import type { ObjectStore } from './object-store.js';
import { describeObjectStore } from './object-store.contract.js';

let folder: string;
let store: ObjectStore;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isocenter-measured-'));
  store = measured(await FilesObjectStore.open(folder));
});
afterAll(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

it('given operations that succeed and fail, then the metrics page has their number, outcome and bytes', async () => {
  await store.put('a/b', Buffer.alloc(1000));
  await store.readRange('a/b', 10, 100);
  await expect(store.readRange('a/none', 0, 1)).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' });
  const page = await renderMetrics();
  expect(page).toMatch(/isocenter_object_store_operation_seconds_count\{operation="put",outcome="done"[^}]*\} 1/);
  expect(page).toMatch(/isocenter_object_store_operation_seconds_count\{operation="read-range",outcome="OBJECT_NOT_FOUND"[^}]*\} 1/);
  expect(page).toMatch(/isocenter_object_store_bytes_total\{direction="read"[^}]*\} 100/);
  expect(page).toMatch(/isocenter_object_store_bytes_total\{direction="write"[^}]*\} 1000/);
});

describeObjectStore('a measured folder', async () => {
  const contractFolder = await mkdtemp(join(tmpdir(), 'isocenter-measured-'));
  const contractStore = measured(await FilesObjectStore.open(contractFolder));
  return { store: contractStore, end: async () => { await contractStore.close(); await rm(contractFolder, { recursive: true }); } };
});
