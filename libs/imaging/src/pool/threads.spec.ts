import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

import { afterAll, afterEach, describe, expect, it, jest } from '@jest/globals';

import { type FramePool, type FramePoolOptions } from './frame-pool.js';


const started: Worker[] = [];
/** What the next threads do instead of what they should, one after the other. */
const faults: ('cannot be had' | 'ends at once')[] = [];

/** Threads of this machine, counted. */
class CountedWorker extends Worker {
  constructor(...[script, options]: ConstructorParameters<typeof Worker>) {
    const fault = faults.shift();
    if (fault === 'cannot be had') throw new Error('Worker initialization failure: EAGAIN');
    super(fault === undefined ? script : new URL('data:text/javascript,process.exit(0)'), options);
    started.push(this);
  }
}

jest.unstable_mockModule('node:worker_threads', () => ({ Worker: CountedWorker }));
const [{ FramePool: Pool }, { fixtureFrame }] = await Promise.all([import('./frame-pool.js'), import('../../test/fixture-frame.js')]);
const NATIVE = '1.2.840.10008.1.2.1';
const pools: FramePool[] = [];

function openPool(options: Partial<FramePoolOptions>): FramePool {
  const pool = new Pool(options);
  pools.push(pool);
  started.length = 0;
  return pool;
}

afterEach(() => Promise.all(pools.splice(0).map((pool) => pool.close())));
afterAll(() => expect(faults).toEqual([]));

describe('the threads of a FramePool', () => {
  it('given frames of common size, then one thread does them all', async () => {
    const pool = openPool({ threads: 1 });
    for (const path of ['jpeg-ls-80/u8.dcm', 'j2k-90/u16.dcm', 'jpeg-70/u16.dcm', 'htj2k-201/u16.dcm', 'jpeg-ls-80/u8.dcm']) await pool.transcode(await fixtureFrame(path), NATIVE);
    expect(started).toHaveLength(1);
  });

  it('given frames above the size for which threads are kept, then each is done in a thread of its own', async () => {
    const pool = openPool({ threads: 1, recycleBytes: 0 });
    const source = await fixtureFrame('rle-5/u8.dcm');
    await Promise.all([1, 2, 3].map(() => pool.transcode(source, NATIVE)));
    expect(started).toHaveLength(3);
  });

  it('given a small frame whose codec took more memory than a thread may keep, then its thread is replaced', async () => {
    const pool = openPool({ threads: 1, heldBytes: 20_000_000 });
    const [small, large] = [await fixtureFrame('rle-5/u8.dcm'), await fixtureFrame('j2k-90/u16.dcm')];
    for (const source of [small, small, large]) await pool.transcode(source, NATIVE);
    expect(started).toHaveLength(1);
    await pool.transcode(small, NATIVE);
    expect(started).toHaveLength(2);
  });

  it('given a thread with nothing to do, then it ends, and the next frame has a new one', async () => {
    const pool = openPool({ threads: 1, idleMs: 1 });
    const source = await fixtureFrame('rle-5/u8.dcm');
    await pool.transcode(source, NATIVE);
    await once(started[0]!, 'exit');
    await pool.transcode(source, NATIVE);
    expect(started).toHaveLength(2);
  });

  it('given no thread to be had, then who asked is told to ask again, and so do those behind', async () => {
    const pool = openPool({ threads: 1 });
    faults.push('cannot be had', 'cannot be had');
    const source = await fixtureFrame('rle-5/u8.dcm');
    const [first, second] = await Promise.allSettled([pool.transcode(source, NATIVE), pool.transcode(source, NATIVE)]);
    for (const outcome of [first, second]) expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'failed', retriable: true, message: expect.stringContaining('EAGAIN') } });
    expect(pool.load).toMatchObject({ working: 0, waiting: 0, waitingBytes: 0 });
    await pool.transcode(source, NATIVE);
  });

  it('given a thread that a frame spoiled and no other to be had, then who asked next is told', async () => {
    const pool = openPool({ threads: 1 });
    const source = await fixtureFrame('rle-5/u8.dcm');
    await pool.transcode(source, NATIVE);
    faults.push('cannot be had');
    const ending = started[0]!.terminate();
    await expect(pool.transcode(source, NATIVE)).rejects.toMatchObject({ code: 'failed', retriable: true, message: expect.stringContaining('EAGAIN') });
    await ending;
    await pool.transcode(source, NATIVE);
  });

  it('given a thread that ends before it began, then the frame is not blamed', async () => {
    const pool = openPool({ threads: 1 });
    faults.push('ends at once');
    const source = await fixtureFrame('rle-5/u8.dcm');
    await expect(pool.transcode(source, NATIVE)).rejects.toMatchObject({ code: 'failed', retriable: true });
    expect(pool.counts).toEqual({ refused: 0, timedOut: 0, threadsLost: 1 });
    await pool.transcode(source, NATIVE);
  });
});
