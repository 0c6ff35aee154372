import { afterEach, describe, expect, it } from '@jest/globals';

import { DescribeWorker } from './describe-in-worker.js';
import { describeInstance } from './describe-instance.js';
import { type ScannedFile } from './element-table.js';
import { scannedFile } from '../test/golden/scanned-file.js';

const file = (): ScannedFile => scannedFile([
  [0x00080016, 'UI', '1.2.840.10008.5.1.4.1.1.7'], [0x00080018, 'UI', '1.2.3'], [0x00100010, 'PN', 'A^B'], [0x00100020, 'LO', 'P1'],
  [0x0020000d, 'UI', '1.2'], [0x0020000e, 'UI', '1.2.1'],
]);

describe('DescribeWorker', () => {
  let worker: DescribeWorker | undefined;
  afterEach(() => worker?.close());

  it('describes a small header at once and leaves it untouched', async () => {
    worker = new DescribeWorker();
    const small = file();
    expect(await worker.describe(small)).toEqual(describeInstance(file()));
    expect(small.kept.length).toBeGreaterThan(0);
  });

  it('describes a large header in its thread, to the same result', async () => {
    worker = new DescribeWorker({ inlineBytes: 0 });
    const [first, second] = await Promise.all([worker.describe(file()), worker.describe(file())]);
    expect(first).toEqual(describeInstance(file()));
    expect(second).toEqual(first);
    expect(Buffer.isBuffer(first.metadata.json)).toBe(true);
  });

  it('starts again after it was idle', async () => {
    worker = new DescribeWorker({ inlineBytes: 0, idleMs: 0 });
    await worker.describe(file());
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect((await worker.describe(file())).sopInstanceUid).toBe('1.2.3');
  });

  it('rejects what was not answered in time or before it was closed', async () => {
    worker = new DescribeWorker({ inlineBytes: 0, timeLimitMs: 0 });
    await expect(worker.describe(file())).rejects.toThrow('The header was not described within 0 ms.');
    const closed = new DescribeWorker({ inlineBytes: 0 });
    const answer = closed.describe(file());
    await Promise.all([expect(answer).rejects.toThrow('closed'), closed.close()]);
  });

  it('rejects a table that cannot be read', async () => {
    worker = new DescribeWorker({ inlineBytes: 0 });
    const broken = file();
    broken.elements.kept[0] = 1_000_000;
    broken.elements.vrs[0] = 0x5553;
    await expect(worker.describe(broken)).rejects.toThrow(/bounds/);
  });
});
