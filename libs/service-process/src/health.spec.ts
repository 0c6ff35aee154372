import { describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Health, type HealthCheck } from './health.js';

async function ask(health: Health, path: string): Promise<{ status: number; body: string; retryAfter: string | null }> {
  const server = createServer(health.handle).listen(0, '127.0.0.1');
  await once(server, 'listening');
  try {
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`);
    return { status: answer.status, body: await answer.text(), retryAfter: answer.headers.get('retry-after') };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const serving = (checks: readonly HealthCheck[]): Health => Object.assign(new Health(checks), { state: 'serving' });

describe('Health', () => {
  const good = { name: 'Log', needed: true, check: () => Promise.resolve() };
  const bad = { name: 'Store', needed: true, check: () => Promise.reject(new TypeError('connection to 10.0.0.1 refused')) };

  it('given dependencies that answer, then it is healthy', async () => {
    expect(JSON.parse((await ask(serving([good]), '/health/check')).body)).toEqual({ overallStatus: 'Healthy', details: [{ name: 'Log', status: 'Healthy', description: 'available' }] });
  });

  it('given one that is away, then check and ready are 503 and name the kind of error only, while live is 200', async () => {
    const health = serving([good, bad]);
    const check = await ask(health, '/health/check');
    expect([check.status, check.retryAfter]).toEqual([503, '5']);
    expect(JSON.parse(check.body)).toMatchObject({ overallStatus: 'Unhealthy', details: [{ status: 'Healthy' }, { name: 'Store', status: 'Unhealthy', description: 'TypeError' }] });
    expect((await ask(health, '/health/ready')).status).toBe(503);
    expect((await ask(health, '/health/live')).status).toBe(200);
  });

  it('given a process that stops, then it is not ready, though healthy', async () => {
    const health = serving([good]);
    health.state = 'stopping';
    expect((await ask(health, '/health/ready')).status).toBe(503);
    expect((await ask(health, '/health/check')).status).toBe(200);
  });

  it('given one that is away but not needed, then it is ready, and check says what is away', async () => {
    const health = serving([good, { ...bad, needed: false }]);
    expect((await ask(health, '/health/ready')).status).toBe(200);
    expect((await ask(health, '/health/check')).status).toBe(503);
  });

  it('given a process that starts, then it is live and not ready', async () => {
    const health = new Health([good]);
    expect((await ask(health, '/health/live')).status).toBe(200);
    expect(await ask(health, '/health/ready')).toMatchObject({ status: 503, body: '{"status":"starting"}', retryAfter: '5' });
  });

  it('given another page, then 404 names those there are', async () => {
    expect(await ask(new Health([]), '/health/x')).toMatchObject({ status: 404, body: expect.stringContaining('/health/live') });
  });
});
