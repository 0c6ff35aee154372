import { describe, expect, it } from '@jest/globals';
import { ByteBudget } from './byte-budget.js';

/** Whether a promise is settled when everything that could run has run. */
const isSettled = async (promise: void | Promise<void>): Promise<boolean> => {
  let settled = false;
  void Promise.resolve(promise).then(() => (settled = true));
  await new Promise(setImmediate);
  return settled;
};

describe('shares of a budget', () => {
  it('given no room, then are refused, and have it again when another is released', () => {
    const budget = new ByteBudget(100);
    const [one, two] = [budget.share(), budget.share()];
    expect([one.grow(60), two.grow(41), two.grow(40), two.grow(10)]).toEqual([true, false, true, true]);
    expect(budget.used).toBe(100);
    one.release();
    one.release();
    expect(budget.used).toBe(40);
    expect(two.grow(100)).toBe(true);
  });

  it('given claims, then never take the room in which a claim can end', () => {
    const budget = new ByteBudget(100);
    const claim = budget.claim(40);
    const share = budget.share();
    expect([share.grow(61), share.grow(60)]).toEqual([false, true]);
    expect(claim.take(40)).toBeUndefined();
    expect(budget.used).toBe(100);
  });
});

describe('claims on a budget', () => {
  it('given room, then have it at once', () => {
    const budget = new ByteBudget(100);
    expect(budget.claim(50).take(50)).toBeUndefined();
    expect(budget.claim(50).take(50)).toBeUndefined();
    expect(budget.used).toBe(100);
  });

  it('given that all hold a part of what they need, then the one that can end gets the rest before those that came first', async () => {
    const budget = new ByteBudget(100);
    const [first, second, nearEnd] = [budget.claim(50), budget.claim(50), budget.claim(50)];
    expect(nearEnd.take(40)).toBeUndefined();
    expect(first.take(30)).toBeUndefined();
    expect(second.take(20)).toBeUndefined();
    const waiting = first.take(5);
    expect(await isSettled(waiting)).toBe(false);
    expect(await isSettled(nearEnd.take(10))).toBe(true);
    const giveBack = nearEnd.handOver();
    expect(await isSettled(waiting)).toBe(false);
    giveBack();
    expect(await isSettled(waiting)).toBe(true);
    expect(budget.used).toBe(55);
  });

  it('given that one is released while it waits, then its wait ends and nothing of it is held', async () => {
    const budget = new ByteBudget(50);
    const [holder, waiter] = [budget.claim(50), budget.claim(50)];
    expect(holder.take(1)).toBeUndefined();
    const waiting = waiter.take(1);
    expect(await isSettled(waiting)).toBe(false);
    waiter.release();
    expect(await isSettled(waiting)).toBe(true);
    expect(budget.used).toBe(1);
  });

  it('given many of them and little room, when each takes its bytes piece by piece, then all end and the limit holds', async () => {
    const budget = new ByteBudget(1000);
    let most = 0;
    const run = async (seed: number): Promise<void> => {
      const claim = budget.claim(400);
      for (let part = 0; part < 3; part += 1) {
        for (let held = 0; held < 400; held += 50) {
          await claim.take(50);
          most = Math.max(most, budget.used);
          // Each goes on in another turn, so that they overtake each other.
          for (let turn = 0; turn < (seed + part) % 4; turn += 1) await new Promise(setImmediate);
        }
        const giveBack = claim.handOver();
        setImmediate(giveBack);
      }
      claim.release();
    };
    await Promise.all(Array.from({ length: 25 }, (_, seed) => run(seed)));
    await new Promise(setImmediate);
    expect(budget.used).toBe(0);
    expect(most).toBeLessThanOrEqual(1000);
    expect(most).toBeGreaterThan(900);
  });

  it('is refused more than there can ever be', () => {
    const budget = new ByteBudget(100);
    expect(() => budget.claim(101)).toThrow(TypeError);
    expect(() => budget.claim(50).take(51)).toThrow(TypeError);
  });
});
