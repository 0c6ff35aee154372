import { describe, expect, it } from '@jest/globals';
import { KnownToBeThere } from './known-to-be-there.js';

describe('KnownToBeThere', () => {
  it('given many at once and one right after, then the servers are asked once', async () => {
    let asked = 0;
    const known = new KnownToBeThere(async () => void (asked += 1));
    await Promise.all([known.require(), known.require(), known.require()]);
    await known.require();
    expect(asked).toBe(1);
  });

  it('given what is away, then all who asked are told, and the next one asks again', async () => {
    let away = true;
    const known = new KnownToBeThere(async () => {
      if (away) throw new Error('away');
    });
    const answers = await Promise.allSettled([known.require(), known.require()]);
    expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    away = false;
    await known.require();
  });

  it('given a moment later, then the servers are asked again', async () => {
    let asked = 0;
    const known = new KnownToBeThere(async () => void (asked += 1));
    const deadline = performance.now() + 60_000;
    while (asked < 2 && performance.now() < deadline) {
      await known.require();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(asked).toBe(2);
  });
});
