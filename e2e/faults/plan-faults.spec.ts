import { describe, expect, it } from '@jest/globals';
import { deck, describeFault, planFaults } from './plan-faults.js';

const options = { seed: 7, count: 66, replicas: 2, pauseMs: 8_000, longestMs: 4_000 };
const nameOf = ({ kind, target }: { kind: string; target: string }): string => `${kind} ${target}`;

describe('the schedule of faults', () => {
  it('given the same seed, then the same faults; given another, then others', () => {
    expect(planFaults(options)).toEqual(planFaults(options));
    expect(planFaults(options)).not.toEqual(planFaults({ ...options, seed: 8 }));
    expect(planFaults({ ...options, count: 10 })).toHaveLength(10);
  });

  it('given as many as there are, then each once; given three times as many, then each three times', () => {
    const names = planFaults(options).map(nameOf);
    for (const at of [0, 22, 44]) expect(names.slice(at, at + 22).sort()).toEqual(deck.map(nameOf).sort());
    expect(deck).toHaveLength(22);
  });

  it.each([1, 2, 3])('given only as many as there are kinds, then one of each, with seed %d', (seed) => {
    expect(planFaults({ ...options, seed, count: 6 }).map(({ kind }) => kind).sort()).toEqual(['fill-disk', 'kill', 'lose-acknowledgement', 'lose-commit', 'pause', 'redeliver']);
  });

  it('given a pause, then it lasts as long as was asked; others at most the longest time', () => {
    for (const { kind, ms } of planFaults(options)) {
      if (kind === 'pause') expect(ms).toBe(8_000);
      else expect(ms).toBeGreaterThanOrEqual(1_200);
      expect(ms).toBeLessThanOrEqual(kind === 'pause' ? 8_000 : 4_000);
    }
  });

  it('then single processes are hit, each of them, and now and then all of a service', () => {
    expect(new Set(planFaults(options).map(({ replica }) => replica))).toEqual(new Set([0, 1, 'all']));
    expect(describeFault({ kind: 'kill', target: 'index', replica: 1, ms: 1 })).toBe('kill index-2');
    expect(describeFault({ kind: 'pause', target: 'kafka', replica: 'all', ms: 8_000 })).toBe('pause kafka for 8.0 s');
  });
});
