import { describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identityOf, smallInstance } from '../http/small-instance.js';
import { given } from '../http/store-request.js';
import { call } from '../support/http-call.js';
import { startStandalone } from '../support/standalone-process.js';
import { openSqlite } from '../support/sqlite-session.js';

describe('I9 closed by default: the process refuses to start', () => {
  it.each(['0.0.0.0', '::', '192.0.2.1', 'example.org'])('given HOST=%s and no keys, then it says which settings mend it', async (host) => {
    await expect(startStandalone({ env: { HOST: host } })).rejects.toThrow(/did not start[^]*HOST is[^]*API_KEYS_FILE/);
  });

  it('given a data folder that another process has, then it says so, and the other goes on', async () => {
    const first = await startStandalone();
    try {
      await expect(startStandalone({ dataDir: first.dataDir })).rejects.toThrow(/did not start\. The data folder .* is in use by another isocenter process/);
      await given(`${first.baseUrl}/dicom-web`, [smallInstance(identityOf('I9 two processes'))]);
      expect((await call(`${first.baseUrl}/health/ready`)).status).toBe(200);
    } finally {
      await first.end();
    }
  });

  it('given a data folder of a newer program, then it says so, touches nothing, and the newer program can go on', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'isocenter-newer-'));
    try {
      const first = await startStandalone({ dataDir });
      await given(`${first.baseUrl}/dicom-web`, [smallInstance(identityOf('I9 newer'))]);
      await first.end();
      const sql = await openSqlite(dataDir);
      await sql.run('UPDATE schema_versions SET version = version + 1000');
      await sql.close();
      await expect(startStandalone({ dataDir })).rejects.toThrow(/did not start\. The data folder was written by a newer isocenter/);
      const again = await openSqlite(dataDir);
      await again.run('UPDATE schema_versions SET version = version - 1000');
      await again.close();
      const second = await startStandalone({ dataDir });
      expect((await call(`${second.baseUrl}/dicom-web/studies`)).body.toString()).toContain(identityOf('I9 newer').studyInstanceUid);
      await second.end();
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  });
});
