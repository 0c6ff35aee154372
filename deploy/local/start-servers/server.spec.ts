import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { findPort } from './find-port.js';
import { Server } from './server.js';

let cwd: string;

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'isocenter-server-'));
});

afterAll(() => rm(cwd, { recursive: true }));

test('given a server that ends before it is ready, when it is started, then the error shows the end of its log', async () => {
  const logFile = join(cwd, 'log');
  const started = Server.start({
    name: 'kafka', address: '', port: await findPort(), command: 'sh', args: ['-c', 'seq 1 20; exit 1'], cwd, logFile, isReady: () => Promise.resolve(false),
  });
  const message = await started.then(() => '', (error: Error) => error.message);
  expect(message).toMatch(/^kafka ended before it was ready\. The end of .*log:\n {2}\| 6\n/);
  expect(message).toMatch(/\n {2}\| 20$/);
});
