import { describe, expect, it } from '@jest/globals';
import { StepPage } from './step-page.js';

async function* numbers(upTo: number): AsyncGenerator<number> {
  for (let at = 1; at <= upTo; at += 1) yield at;
}
const { signal } = new AbortController();
const takeAll = async (page: StepPage<number>, lanes = 3): Promise<void> => {
  await Promise.all(Array.from({ length: lanes }, async () => {
    while ((await page.next()) !== undefined);
  }));
};

describe('StepPage', () => {
  it('given several lanes, then each member is taken once, in the order of the list, until it has no more', async () => {
    const page = new StepPage(numbers(20), { most: 100, forMs: 60_000, signal });
    await takeAll(page);
    expect([page.taken, page.exhausted]).toEqual([Array.from({ length: 20 }, (_none, at) => at + 1), true]);
  });

  it.each([['so many at most', { most: 4, forMs: 60_000, signal }, 4], ['no time', { most: 100, forMs: 0, signal }, 1], ['a step that is broken off', { most: 100, forMs: 60_000, signal: AbortSignal.abort() }, 0]])('given %s, then no more', async (_, options, count) => {
    const page = new StepPage(numbers(20), options);
    await takeAll(page);
    expect([page.taken.length, page.exhausted]).toEqual([count, false]);
  });

  it('given a list that fails, then who asked learns of it, and nobody is given more', async () => {
    const failing = (async function* (): AsyncGenerator<number> {
      yield 1;
      throw new Error('away');
    })();
    const page = new StepPage(failing, { most: 100, forMs: 60_000, signal });
    expect(await page.next()).toBe(1);
    await expect(page.next()).rejects.toThrow('away');
    expect(await page.next()).toBeUndefined();
  });
});
