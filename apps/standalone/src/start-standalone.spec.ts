import { readSettings } from '@isocenter/config';
import { afterEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RunningProcess } from '@isocenter/service-process';
import { startStandalone } from './start-standalone.js';

describe('startStandalone', () => {
  let folder: string;
  let running: RunningProcess | undefined;
  afterEach(async () => {
    await running?.close();
    running = undefined;
    await rm(folder, { recursive: true, force: true });
  });

  async function start(): Promise<RunningProcess> {
    folder = await mkdtemp(join(tmpdir(), 'isocenter-standalone-'));
    return startStandalone(readSettings('standalone', { DATA_DIR: folder, PORT: '0', METRICS_PORT: '0', LOG_LEVEL: 'silent' }));
  }

  it('given an empty folder, then every service answers through the gateway', async () => {
    running = await start();
    const status = async (path: string): Promise<number> => (await fetch(running!.address + path)).status;
    expect(await status('/health/ready')).toBe(200);
    expect(await status('/dicom-web/studies')).toBe(200);
    expect(await status('/v2/studies')).toBe(204);
    expect(await status('/v2/studies/1.2.3')).toBe(404);
    expect(await status('/v2/changefeed')).toBe(200);
    expect(await status('/v2/changefeed/latest')).toBe(204);
    expect(await status('/v2/partitions')).toBe(200);
  });

  it('given an open live stream, when it is closed, then it does not wait for the stream', async () => {
    running = await start();
    const answer = await fetch(`${running.address}/v2/changefeed/stream`);
    const reader = answer.body!.getReader();
    await reader.read();
    await running.close();
    running = undefined;
    let ended = false;
    while (!ended) ended = (await reader.read()).done;
    expect(ended).toBe(true);
  });

  it('given a folder in use, then a second one refuses and says why', async () => {
    running = await start();
    await expect(startStandalone(readSettings('standalone', { DATA_DIR: folder, PORT: '0', METRICS_PORT: '0', LOG_LEVEL: 'silent' }))).rejects.toThrow('in use by another isocenter process');
  });
});
