import { afterAll, describe, expect, it } from '@jest/globals';

import { FramePool } from '../src/index.js';
import { attack, attackByChance, requireGood } from './attack-pool.js';
import { fixtureFrame } from './fixture-frame.js';
import { hostileFrames, randomBytes, seeds } from './hostile-frames.js';

/** Frames mutated for each seed; FUZZ_ROUNDS makes more of them. `npm run test:hostile` is the long version of all this. */
const ROUNDS = Number(process.env['FUZZ_ROUNDS'] ?? 25);
const MIB = 1024 * 1024;

const pool = new FramePool({ threads: 2 });
/** What is certainly wrong is refused before it could hang: no limit ends it. */
const patient = new FramePool({ threads: 2, timeLimitMs: 3_600_000 });
afterAll(() => Promise.all([pool.close(), patient.close()]));

describe('I7 hostile frames', () => {
  it('each fails with a sentence, good ones beside it do not, and no memory is taken for what they say', async () => {
    const before = process.memoryUsage.rss();
    const frames = await hostileFrames();
    for (const [number, frame] of frames.entries()) await Promise.all([attack(patient, frame), requireGood(patient, seeds[number % seeds.length]!)]);
    expect(frames.length).toBeGreaterThan(150);
    expect(process.memoryUsage.rss() - before).toBeLessThan(400 * MIB);
    expect(patient.counts).toEqual({ refused: 0, timedOut: 0, threadsLost: 0 });
  });

  it.each(seeds)('given %s with bytes changed by chance, then it is decoded to its size or fails, and a good one behind it is right', async (seed) => {
    const source = await fixtureFrame(seed);
    const random = randomBytes(seed.length * 7919);
    for (let round = 0; round < ROUNDS; round++) await attackByChance(pool, source, random);
    await requireGood(pool, seed);
  });
});
