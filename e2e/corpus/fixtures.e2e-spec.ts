import { beforeAll, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { workspaceRoot } from '../support/workspace.js';
import { isInvalid, readManifest } from './manifest.js';
import { runCorpus, type CorpusReport } from './run-corpus.js';

const folder = join(workspaceRoot, 'libs/dicom/test/fixtures');

describe('I2 I7 corpus over HTTP', () => {
  let report: CorpusReport;
  beforeAll(async () => {
    report = await runCorpus(folder);
    // Some hundred requests, one after the other.
  });

  it('given each fixture, when it is stored under /dicom-web and /v2, then it is found, read and retrieved as it was sent, or refused with reason and text', () => {
    expect(report.failures).toEqual([]);
    expect(report.notDerived).toEqual([]);
  });

  it('given the manifest, then every file was sent under both roots', () => {
    const files = readManifest(folder);
    // Besides: that nothing was stored, and that nothing unknown is in the log.
    expect(report.passed).toBe(files.length * 2 + 2);
    expect(files.some(isInvalid)).toBe(true);
  });

  it('given a folder without a manifest, then the run fails', async () => {
    await expect(runCorpus(join(folder, 'nowhere'))).rejects.toThrow(/There is no corpus/);
  });
});
