import { describe, expect, it } from '@jest/globals';
import { createServer } from 'node:net';
import { type AddressInfo } from 'node:net';
import { counter, gauge, histogram, observedGauge, renderMetrics, startMetrics } from './index.js';

/** A port that was free a moment ago; 0 means off here, so the server cannot choose one itself. */
async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

describe('metrics', () => {
  it('given instruments made before any server starts, then the page has their values', async () => {
    counter('test_things_total', 'Things').add(2, { kind: 'a' });
    histogram('test_seconds', 'Seconds', [1, 2]).record(1.5);
    gauge('test_level', 'Level').record(7);
    const stop = observedGauge('test_observed', 'Observed', () => 5);
    const page = await renderMetrics();
    expect(page).toContain('isocenter_test_things_total{kind="a"} 2');
    expect(page).toContain('isocenter_test_seconds_bucket{le="2"} 1');
    expect(page).toContain('isocenter_test_level 7');
    expect(page).toContain('isocenter_test_observed 5');
    stop();
  });
});

describe('startMetrics', () => {
  it('given a port, then serves the page there and nothing else, and frees the port when closed', async () => {
    const port = await freePort();
    const server = await startMetrics({ host: '127.0.0.1', port });
    const page = await fetch(`http://127.0.0.1:${port}/metrics`);
    expect(page.headers.get('content-type')).toContain('version=0.0.4');
    expect(await page.text()).toContain('isocenter_process_resident_memory_bytes');
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(404);
    await expect(startMetrics({ host: '127.0.0.1', port })).rejects.toThrow(/METRICS_PORT/);
    await server.close();
    await expect(fetch(`http://127.0.0.1:${port}/metrics`)).rejects.toThrow();
  });

  it('given port 0, then nothing listens', async () => {
    const server = await startMetrics({ host: '127.0.0.1', port: 0 });
    expect(server.port).toBe(0);
    await server.close();
  });
});
