import { afterEach, describe, expect, it } from '@jest/globals';
import { join } from 'node:path';
import { freePort } from '../support/free-port.js';
import { call } from '../support/http-call.js';
import { ServerProcess } from '../support/server-process.js';
import { workspaceRoot } from '../support/workspace.js';

const services = ['ingest', 'index', 'retrieve', 'render', 'change-feed'];
/** Nothing listens there: that is the port of no protocol. */
const nowhere = '127.0.0.1:9';
const needed = {
  SERVICE_SECRET: 's'.repeat(32), KAFKA_BROKERS: nowhere, MONGODB_URL: `mongodb://${nowhere}/isocenter`,
  S3_ENDPOINT: `http://${nowhere}`, S3_ACCESS_KEY: 'key', S3_SECRET_KEY: 'secret', S3_BUCKET: 'bucket',
};

let started: ServerProcess | undefined;
afterEach(async () => {
  await started?.kill();
  started = undefined;
});

/** A process of its own, live when this resolves. */
async function start(app: string, env: Readonly<Record<string, string>>): Promise<string> {
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  started = await ServerProcess.start({
    name: app, command: process.execPath, args: [join(workspaceRoot, 'apps', app, 'dist/main.js')],
    env: { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: String(port), METRICS_PORT: '0', ...env },
    isReady: () => call(`${base}/health/live`).then(({ status }) => status === 200, () => false),
  });
  return base;
}

async function stopInTime(): Promise<void> {
  const asked = Date.now();
  await started!.stop();
  expect(Date.now() - asked).toBeLessThan(8_000);
  expect(started!.exitCode).toBe(0);
}

describe('I8 outages pass: servers that are away when a process starts', () => {
  it.each(services)('given the service %s, then it lives, is not ready, says what it waits for, and stops when told', async (app) => {
    const base = await start(app, needed);
    const ready = await call(`${base}/health/ready`);
    expect([ready.status, ready.headers['retry-after'], ready.body.toString()]).toEqual([503, '5', '{"status":"starting"}']);
    expect((await call(`${base}/health/check`)).body.toString()).toContain('"MetadataStore","status":"Unhealthy"');
    expect((await call(`${base}/studies`)).status).toBe(401);
    expect(started!.running).toBe(true);
    await stopInTime();
  });

  it('given a gateway without its services, then it is ready, answers 503 with Retry-After, and names them', async () => {
    const base = await start('gateway', { SERVICE_SECRET: needed.SERVICE_SECRET, INGEST_URL: `http://${nowhere}`, INDEX_URL: `http://${nowhere}`, RETRIEVE_URL: `http://${nowhere}`, RENDER_URL: `http://${nowhere}`, CHANGE_FEED_URL: `http://${nowhere}` });
    expect((await call(`${base}/health/ready`)).status).toBe(200);
    const check = await call(`${base}/health/check`);
    expect([check.status, check.body.toString()]).toEqual([503, expect.stringContaining('"ingest","status":"Unhealthy"')]);
    for (const root of ['/v2', '/dicom-web']) {
      const answer = await call(`${base}${root}/studies`);
      expect([answer.status, answer.headers['retry-after'], answer.body.toString()]).toEqual([503, '5', 'The service index is not available at the moment. Repeat the request later.']);
    }
    await stopInTime();
  });

  it.each(['gateway', ...services])('given %s without settings, then it ends with one message that names all that it needs', async (app) => {
    await expect(start(app, {})).rejects.toThrow(new RegExp(`isocenter ${app} did not start\\. [^]*SERVICE_SECRET[^]*${app === 'gateway' ? 'CHANGE_FEED_URL' : 'MONGODB_URL'}`));
  });
});
