import { randomFillSync } from 'node:crypto';

import { afterEach, describe, expect, it, jest } from '@jest/globals';
import sharp from 'sharp';

import { fixtureFrame } from '../../test/fixture-frame.js';
import { decodeFrame } from '../code-frame.js';
import { defaultFrameLimits } from '../image-description.js';
import { type Window } from '../render/presentation.js';
import { FramePool, type FramePoolOptions } from './frame-pool.js';
import { type FrameSource } from './job.js';

// A thread takes as long to start as the machine is busy, and from source longer.

const RLE = '1.2.840.10008.1.2.5';
const NATIVE = '1.2.840.10008.1.2.1';
const JPEG2000 = '1.2.840.10008.1.2.4.90';
const pools: FramePool[] = [];

function openPool(options: Partial<FramePoolOptions> = {}): FramePool {
  const pool = new FramePool(options);
  pools.push(pool);
  return pool;
}

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

/** Noise, which JPEG 2000 takes seconds to encode: far longer than a clock takes that is put forward. */
function endlessFrame(): FrameSource {
  const side = 4096;
  const image = { rows: side, columns: side, samplesPerPixel: 1, bitsAllocated: 16, bitsStored: 16, highBit: 15, pixelRepresentation: 0, planarConfiguration: 0, photometricInterpretation: 'MONOCHROME2' } as const;
  return { transferSyntaxUid: NATIVE, frame: randomFillSync(Buffer.alloc(side * side * 2)), image };
}

describe('FramePool', () => {
  it('given frames of several syntaxes at once, then each comes out as without a pool', async () => {
    const pool = openPool();
    const paths = ['jpeg-70/rgb.dcm', 'jpeg-ls-80/u12.dcm', 'j2k-90/s16.dcm', 'htj2k-201/rgb.dcm', 'rle-5/u32.dcm', 'explicit-be/u16.dcm'];
    await Promise.all([...paths, ...paths].map(async (path) => {
      const source = await fixtureFrame(path);
      const expected = await decodeFrame(source.transferSyntaxUid, source.frame, source.image, defaultFrameLimits);
      const { bytes, image } = await pool.transcode(source, NATIVE);
      expect(bytes.equals(expected.pixels)).toBe(true);
      expect(image).toEqual(expected.image);
    }));
    expect(pool.load).toMatchObject({ working: 0, waiting: 0, waitingBytes: 0 });
  });

  it('given a frame to transcode, then the caller keeps its bytes and gets new ones', async () => {
    const source = await fixtureFrame('jpeg-ls-80/u12.dcm');
    const before = Buffer.from(source.frame);
    const { bytes, image } = await openPool().transcode(source, JPEG2000);
    expect(source.frame.equals(before)).toBe(true);
    const decode = (uid: string, frame: Buffer): ReturnType<typeof decodeFrame> => decodeFrame(uid, frame, image, defaultFrameLimits);
    expect((await decode(JPEG2000, bytes)).pixels.equals((await decode(source.transferSyntaxUid, source.frame)).pixels)).toBe(true);
  });

  it('given frames that are too large for their memory to be kept, then each comes out as it was, in one thread', async () => {
    const pool = openPool({ threads: 1 });
    const image = { rows: 3000, columns: 3000, samplesPerPixel: 1, bitsAllocated: 8, bitsStored: 8, highBit: 7, pixelRepresentation: 0, planarConfiguration: 0, photometricInterpretation: 'MONOCHROME2' } as const;
    const frames = [1, 2, 3].map((value) => Buffer.alloc(9_000_000, value));
    const encoded = await Promise.all(frames.map((frame) => pool.transcode({ transferSyntaxUid: NATIVE, frame, image }, RLE)));
    for (const [at, { bytes }] of encoded.entries()) expect((await pool.transcode({ transferSyntaxUid: RLE, frame: bytes, image }, NATIVE)).bytes.equals(frames[at]!)).toBe(true);
    expect(pool.counts).toEqual({ refused: 0, timedOut: 0, threadsLost: 0 });
  });

  it('given a frame to render, then a picture of it comes out, with a window if one is asked for', async () => {
    const pool = openPool();
    const source = await fixtureFrame('rle-5/u16.dcm');
    const presentation = { modality: undefined, voiLut: undefined, window: undefined, palette: undefined, isInverse: false, overlays: [], overlayBits: 0 };
    const levels = async (window?: Window): Promise<Buffer> => {
      const { bytes, width, height } = await pool.render(source, presentation, { format: 'png', quality: 90 }, { window });
      expect([width, height]).toEqual([35, 33]);
      return sharp(bytes).raw().toBuffer();
    };
    const [spread, narrow] = await Promise.all([levels(), levels({ center: 30_000, width: 1, function: 'LINEAR' })]);
    expect(new Set(narrow)).toEqual(new Set([0, 255]));
    expect([Math.min(...spread), Math.max(...spread)]).toEqual([0, 255]);
    expect(new Set(spread).size).toBeGreaterThan(100);
  });

  it('given a full queue, then the next is refused as busy and those before are done', async () => {
    const pool = openPool({ threads: 1, maxQueued: 2 });
    const source = await fixtureFrame('rle-5/u16.dcm');
    const asked = [1, 2, 3].map(() => pool.transcode(source, NATIVE));
    await expect(pool.transcode(source, NATIVE)).rejects.toMatchObject({ name: 'ImagingError', code: 'busy', retriable: true });
    expect(await Promise.all(asked)).toHaveLength(3);
    expect(pool.counts).toEqual({ refused: 1, timedOut: 0, threadsLost: 0 });
  });

  it('given more bytes waiting than may, then the next is refused as busy', async () => {
    const source = await fixtureFrame('rle-5/u16.dcm');
    const pool = openPool({ threads: 1, maxQueuedBytes: source.frame.length });
    const asked = [1, 2].map(() => pool.transcode(source, NATIVE));
    await expect(pool.transcode(source, NATIVE)).rejects.toMatchObject({ code: 'busy' });
    await Promise.all(asked);
  });

  it('given a frame that takes too long for its size, then it fails alone and its thread is replaced; it may be asked for again', async () => {
    const pool = openPool({ threads: 1 });
    const good = await fixtureFrame('j2k-90/u16.dcm');
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance', 'Date'] });
    try {
      const asked = Promise.allSettled([pool.transcode(endlessFrame(), JPEG2000), pool.transcode(good, NATIVE)]);
      while (pool.load.waiting > 0) {
        jest.advanceTimersByTime(100_000);
        await new Promise(setImmediate);
      }
      const [endless, behind] = await asked;
      expect(endless).toMatchObject({ status: 'rejected', reason: { code: 'time-limit', retriable: true, message: 'The frame was not done within 26777 ms.' } });
      expect(behind.status).toBe('fulfilled');
      expect(pool.counts).toEqual({ refused: 0, timedOut: 1, threadsLost: 1 });
    } finally {
      jest.useRealTimers();
    }
  });

  it('given a frame that takes too long in a thread that did others, then it is not tried again: others wait', async () => {
    const pool = openPool({ threads: 1 });
    await pool.transcode(await fixtureFrame('j2k-90/u16.dcm'), NATIVE);
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance', 'Date'] });
    try {
      const asked = expect(pool.transcode(endlessFrame(), JPEG2000)).rejects.toMatchObject({ code: 'time-limit' });
      jest.advanceTimersByTime(100_000);
      await asked;
      expect(pool.counts).toEqual({ refused: 0, timedOut: 1, threadsLost: 1 });
    } finally {
      jest.useRealTimers();
    }
  });

  it('given a frame that waits for a thread for too long, then it is refused as busy, and the next has the thread', async () => {
    const pool = openPool({ threads: 1, waitLimitMs: 0 });
    const source = await fixtureFrame('rle-5/u16.dcm');
    const first = pool.transcode(source, NATIVE);
    await expect(pool.admit(1, () => pool.transcode(source, NATIVE, { admitted: true }))).rejects.toMatchObject({ code: 'busy', retriable: true });
    expect(pool.load).toMatchObject({ working: 1, waiting: 0, waitingBytes: 0 });
    expect(pool.counts.refused).toBe(1);
    await first;
  });

  it('given work that fails by a fault of its own, then the frame is not blamed and the thread is replaced', async () => {
    const pool = openPool({ threads: 1 });
    const source = await fixtureFrame('rle-5/u16.dcm');
    const faulty = { transferSyntaxUid: source.transferSyntaxUid, frame: source.frame, image: { ...source.image, photometricInterpretation: undefined as unknown as string } };
    await expect(pool.transcode(faulty, NATIVE)).rejects.toMatchObject({ code: 'failed', retriable: true });
    expect(pool.counts).toMatchObject({ threadsLost: 1 });
    await pool.transcode(source, NATIVE);
  });

  it('given an asker that goes away, then its frame leaves the queue', async () => {
    const pool = openPool({ threads: 1 });
    const source = await fixtureFrame('rle-5/u16.dcm');
    const first = pool.transcode(source, NATIVE);
    const gone = new AbortController();
    const second = pool.transcode(source, NATIVE, { signal: gone.signal });
    gone.abort();
    await expect(second).rejects.toMatchObject({ code: 'canceled' });
    expect(pool.load).toMatchObject({ working: 1, waiting: 0, waitingBytes: 0 });
    await first;
    await expect(pool.transcode(source, NATIVE, { signal: gone.signal })).rejects.toMatchObject({ code: 'canceled' });
  });

  it('given a frame above a limit, then it is refused before it waits', async () => {
    const source = await fixtureFrame('rle-5/u16.dcm');
    await expect(openPool({ limits: { ...defaultFrameLimits, maxPixels: 1000 } }).transcode(source, NATIVE)).rejects.toMatchObject({ code: 'too-large', message: expect.stringContaining('35 × 33 pixels') });
    await expect(openPool({ limits: { ...defaultFrameLimits, maxDecodedBytes: 1000 } }).transcode(source, NATIVE)).rejects.toMatchObject({ code: 'too-large' });
    await expect(openPool({ limits: { ...defaultFrameLimits, maxEncodedBytes: 1000 } }).transcode(source, NATIVE)).rejects.toMatchObject({ code: 'too-large' });
  });

  it('given far more bytes than a frame of its size can need, then it is refused before it waits', async () => {
    const { image, ...source } = await fixtureFrame('jpeg-ls-80/u12.dcm');
    const most = 4 * 1024 * 1024 + 8 * image.rows * image.columns;
    expect(() => openPool().checkFrame(image, most)).not.toThrow();
    await expect(openPool().transcode({ ...source, image, frame: Buffer.alloc(most + 1) }, NATIVE)).rejects.toMatchObject({ code: 'too-large', message: expect.stringContaining(`at most ${most} are decoded`) });
  });

  it('given a closed pool, then what waits and what comes is canceled', async () => {
    const pool = openPool({ threads: 1 });
    const source = await fixtureFrame('rle-5/u16.dcm');
    const asked = Promise.allSettled([pool.transcode(source, NATIVE), pool.transcode(source, NATIVE)]);
    await pool.close();
    for (const outcome of await asked) expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'canceled' } });
    await expect(pool.transcode(source, NATIVE)).rejects.toMatchObject({ code: 'canceled' });
  });
});

describe('places', () => {
  it('given answers that take all of their room, then work for others begins', async () => {
    const pool = openPool({ threads: 1, maxQueued: 0, maxQueuedBytes: 200 });
    const release = await pool.takePlace(100);
    await expect(pool.takePlace(1)).rejects.toMatchObject({ code: 'busy' });
    expect(await pool.admit(100, async () => pool.load)).toMatchObject({ places: 2, heldBytes: 200 });
    expect(pool.load).toMatchObject({ places: 1, heldBytes: 100 });
    release();
    expect([pool.load.places, pool.counts.refused]).toEqual([0, 1]);
  });

  it('given a closed pool, then there are none, and who waits for one is told', async () => {
    const pool = new FramePool({ maxQueuedBytes: 100 });
    await pool.takePlace(50);
    const waits = pool.takePlace(1);
    await pool.close();
    await expect(waits).rejects.toMatchObject({ code: 'canceled' });
    await expect(pool.admit(1, async () => undefined)).rejects.toMatchObject({ code: 'canceled' });
  });
});
