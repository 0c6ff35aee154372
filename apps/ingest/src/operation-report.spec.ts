import { FilesObjectStore, instanceKey } from '@isocenter/object-store';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readReport, removeOldReports, writeReportPart } from './operation-report.js';

describe('the report of an operation', () => {
  let folder: string;
  let objects: FilesObjectStore;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isocenter-report-'));
    objects = await FilesObjectStore.open(folder);
  });
  afterEach(async () => {
    await objects.close();
    await rm(folder, { recursive: true, force: true });
  });
  const linesOf = async (operation: string): Promise<unknown[]> => {
    const chunks: Buffer[] = [];
    for await (const chunk of readReport(objects, operation)) chunks.push(Buffer.from(chunk));
    return Buffer.concat(chunks).toString().split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as unknown);
  };

  it('given parts, one of them twice, then the lines of each once, in order, and of no other operation', async () => {
    await writeReportPart(objects, 'a', 1, [{ line: 3 }]);
    await writeReportPart(objects, 'a', 0, [{ line: 0 }]);
    await writeReportPart(objects, 'a', 0, [{ line: 1 }, { line: 2 }]);
    await writeReportPart(objects, 'b', 0, [{ line: 9 }]);
    expect(await linesOf('a')).toEqual([{ line: 1 }, { line: 2 }, { line: 3 }]);
    expect(await linesOf('c')).toEqual([]);
  });

  it('given objects that are old, then reports go, and instances stay, whatever their partition is called', async () => {
    const keys = ['reports', 'reports~', 'REPORTS~', 'checks'].map((partition) => instanceKey({ partition, studyInstanceUid: '1', seriesInstanceUid: '2', sopInstanceUid: '3' }, 'v1'));
    for (const key of keys) await objects.put(key, Buffer.from('instance'));
    await writeReportPart(objects, 'a', 0, [{ line: 1 }]);
    for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) if (entry.isFile()) await utimes(join(entry.parentPath, entry.name), 0, 0);
    await writeReportPart(objects, 'b', 0, [{ line: 2 }]);
    await removeOldReports(objects);
    expect([await linesOf('a'), await linesOf('b')]).toEqual([[], [{ line: 2 }]]);
    for (const key of keys) expect((await objects.readRange(key, 0, 8)).toString()).toBe('instance');
  });
});
