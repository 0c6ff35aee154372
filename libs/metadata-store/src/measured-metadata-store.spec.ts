import { renderMetrics } from '@isocenter/telemetry';
import { StandaloneFile } from '@isocenter/standalone-file';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measuredMetadataStore } from './measured-metadata-store.js';
import type { MetadataStore } from './metadata-store.js';
import { metadataSchema } from './sqlite/schema.js';
import { SqliteMetadataStore } from './sqlite/sqlite-metadata-store.js';

let folder: string;
let file: StandaloneFile;
let store: MetadataStore;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isocenter-measured-'));
  file = StandaloneFile.open(folder, [metadataSchema]);
  store = measuredMetadataStore(new SqliteMetadataStore(file));
});
afterAll(async () => {
  await file.close();
  await rm(folder, { recursive: true });
});

const count = async (labels: string): Promise<number> => Number(new RegExp(`metadata_store_operation_seconds_count\\{${labels}\\} (\\d+)`).exec(await renderMetrics())?.[1] ?? 0);

describe('measuredMetadataStore', () => {
  it('given operations, then each is timed under its name, and answers as the store does', async () => {
    expect(await store.commit({ writes: [{ op: 'insert', table: 'cursors', row: { name: 'a', position: 7, detail: '' } }] })).toEqual({ committed: true });
    expect(await store.readCursor('a')).toEqual({ name: 'a', position: 7, detail: '' });
    expect(await count('operation="commit",outcome="done"')).toBe(1);
    expect(await count('operation="read-cursor",outcome="done"')).toBe(1);
  });

  it('given an operation that fails, then the error goes on, and the outcome says what it was', async () => {
    const refused = { name: 'b', position: null as unknown as number, detail: '' };
    await expect(store.commit({ writes: [{ op: 'insert', table: 'cursors', row: refused }] })).rejects.toThrow('refused');
    expect(await count('operation="commit",outcome="TRANSACTION_REFUSED"')).toBe(1);
  });

  it('given a listener, then it hears of changes until it is ended', async () => {
    let heard = 0;
    const end = store.onChanges(() => (heard += 1));
    const change = { logPartition: 0, logOffset: 0, partition: 1, study: '1', series: '1', sop: '1', version: 'v', action: 'create' as const, decidedAt: 0, detail: '{}', sequence: null, timestamp: null };
    await store.commit({ writes: [{ op: 'insert', table: 'changes', row: { ...change, place: 0 } }] });
    end();
    await store.commit({ writes: [{ op: 'insert', table: 'changes', row: { ...change, place: 1 } }] });
    expect(heard).toBe(1);
  });
});
