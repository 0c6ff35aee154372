import { afterAll, describe, expect, it } from '@jest/globals';

import { decodeFrame, defaultFrameLimits, FramePool, frameBytes, ImagingError, type RawFrame } from '../src/index.js';
import { fixtureFrame } from './fixture-frame.js';
import { hostileFrames, randomBytes, seeds } from './hostile-frames.js';

/** Frames mutated for each seed; FUZZ_ROUNDS makes more of them. */
const ROUNDS = Number(process.env['FUZZ_ROUNDS'] ?? 25);
const MIB = 1024 * 1024;

const pool = new FramePool({ threads: 2, timeLimitMs: 5000 });
afterAll(() => pool.close());

const good = new Map<string, RawFrame>();
async function expectGood(seed: string): Promise<void> {
  const source = await fixtureFrame(seed);
  const expected = good.get(seed) ?? (await decodeFrame(source.transferSyntaxUid, source.frame, source.image, defaultFrameLimits));
  good.set(seed, expected);
  expect((await pool.decode(source)).pixels.equals(expected.pixels)).toBe(true);
}

describe('I7 hostile frames', () => {
  it('each fails with a sentence, the pool goes on, and no memory is taken for what they say', async () => {
    const before = process.memoryUsage.rss();
    const outcomes: string[] = [];
    for (const { name, source } of await hostileFrames()) {
      const error = await pool.decode(source).then(() => undefined, (reason: unknown) => reason);
      if (!(error instanceof ImagingError) || !['malformed', 'too-large', 'unsupported'].includes(error.code) || !error.message.endsWith('.')) outcomes.push(`${name}: ${String(error)}`);
    }
    expect(outcomes).toEqual([]);
    for (const seed of seeds) await expectGood(seed);
    expect(process.memoryUsage.rss() - before).toBeLessThan(400 * MIB);
  }, 60_000);

  it.each(seeds)('given %s with bytes changed by chance, then it is decoded to its size or fails, and a good one behind it is right', async (seed) => {
    const source = await fixtureFrame(seed);
    const random = randomBytes(seed.length * 7919);
    for (let round = 0; round < ROUNDS; round++) {
      const frame = Buffer.from(source.frame);
      for (let change = 0; change <= random() % 4; change++) frame[random() % frame.length] = random();
      const outcome = await pool.decode({ ...source, frame }).catch((error: unknown) => error);
      if (outcome instanceof ImagingError) expect(outcome.code).toMatch(/^(malformed|unsupported|time-limit)$/);
      else expect((outcome as RawFrame).pixels).toHaveLength(frameBytes(source.image));
    }
    await expectGood(seed);
  }, 120_000);
});
