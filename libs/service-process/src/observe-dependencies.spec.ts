import { renderMetrics } from '@isocenter/telemetry';
import { describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { observeDependencies } from './observe-dependencies.js';

const shown = async (name: string): Promise<string | undefined> => new RegExp(`dependency_up\\{dependency="${name}"\\} (\\d)`).exec(await renderMetrics())?.[1];

describe('observeDependencies', () => {
  it('given one that answers and one that does not, then 1 and 0 without anybody asking for their health', async () => {
    const stop = observeDependencies([
      { name: 'TestThere', needed: true, check: async () => undefined },
      { name: 'TestAway', needed: false, check: async () => Promise.reject(new Error('away')) },
    ]);
    const deadline = Date.now() + 60_000;
    while ((await shown('TestThere')) !== '1' && Date.now() < deadline) await pause(5);
    expect([await shown('TestThere'), await shown('TestAway')]).toEqual(['1', '0']);
    stop();
  });
});
