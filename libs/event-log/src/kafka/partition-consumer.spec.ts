import { afterEach, describe, expect, it } from '@jest/globals';
import type { Batch } from 'kafkajs';
import { OffsetOutsideLogError } from '../errors.js';
import type { LogBatch } from '../event-log.js';
import type { LogRange } from './log-ranges.js';
import { PartitionConsumer } from './partition-consumer.js';

/** What kafkajs hands over: records with these offsets. */
function fetched(offsets: readonly number[], bytes = 1): Batch {
  return { messages: offsets.map((offset) => ({ offset: String(offset), key: Buffer.from('k'), value: Buffer.alloc(bytes), headers: {} })) } as unknown as Batch;
}

const to = (from: number, end: number): number[] => Array.from({ length: end - from }, (_, at) => from + at);

/** A partition whose fetches are told by the test, and the orders that it gives to them. */
class Scene {
  next = 0;
  range: LogRange = { first: 0, end: 1_000 };
  readonly orders: string[] = [];
  readonly batches: LogBatch[] = [];
  readonly errors: Error[] = [];
  handle: (batch: LogBatch) => Promise<void> = async () => undefined;
  private changed = Promise.withResolvers<void>();
  readonly consumer: PartitionConsumer;

  constructor(from: 'progress' | 'latest' = 'progress', latest = 0) {
    this.consumer = new PartitionConsumer('t', 0, {
      group: 'g',
      from: from === 'latest' ? 'latest' : { read: async () => this.next },
      maxBatchBytes: 1_000_000,
      onBatch: async (batch) => {
        this.batches.push(batch);
        this.tell();
        await this.handle(batch);
        if (batch.first !== this.next && from === 'progress') throw new Error('next has moved');
        this.next = batch.end;
        this.tell();
      },
      onError: (error) => {
        this.errors.push(error);
        this.tell();
      },
    }, { read: async () => new Map([[0, this.range]]) }, {
      pause: () => this.order('pause'),
      resume: () => this.order('resume'),
      goOnAt: (_partition, offset) => this.order(`go on at ${offset}`),
    }, latest);
  }

  get offsets(): number[] {
    return this.batches.flatMap(({ records }) => records.map(({ offset }) => offset));
  }

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await this.changed.promise;
  }

  async assigned(): Promise<void> {
    const before = this.orders.length;
    this.consumer.assign();
    await this.until(() => this.orders.slice(before).some((order) => order.startsWith('go on')));
  }

  private order(order: string): void {
    this.orders.push(order);
    this.tell();
  }

  private tell(): void {
    this.changed.resolve();
    this.changed = Promise.withResolvers();
  }
}

describe('PartitionConsumer', () => {
  let scene: Scene;
  afterEach(() => scene.consumer.stop());

  it('given an assignment, then it goes on at next, and what was fetched before is not taken', async () => {
    scene = new Scene();
    scene.next = 7;
    scene.consumer.assign();
    scene.consumer.offer(fetched([0, 1, 2]));
    await scene.until(() => scene.orders.length > 0);
    scene.consumer.offer(fetched([7, 8]));
    await scene.until(() => scene.next === 9);
    expect(scene.orders).toEqual(['go on at 7']);
    expect(scene.offsets).toEqual([7, 8]);
  });

  it.each([['before', [3, 4, 5, 6]], ['behind', [9, 10]]])('given a batch that begins %s what is expected, then it is dropped and the fetch goes on at next', async (_where, offsets) => {
    scene = new Scene();
    scene.next = 5;
    await scene.assigned();
    scene.consumer.offer(fetched([5, 6]));
    await scene.until(() => scene.next === 7);
    scene.consumer.offer(fetched(offsets));
    await scene.until(() => scene.orders.at(-1) === 'go on at 7');
    scene.consumer.offer(fetched([7]));
    await scene.until(() => scene.next === 8);
    expect(scene.orders).toEqual(['go on at 5', 'pause', 'go on at 7']);
    expect(scene.offsets).toEqual([5, 6, 7]);
    expect(scene.errors).toEqual([]);
  });

  it('given a hole inside a batch, then what is before it is handed over, and nothing behind it', async () => {
    scene = new Scene();
    await scene.assigned();
    scene.consumer.offer(fetched([0, 1, 3, 4]));
    await scene.until(() => scene.orders.at(-1) === 'go on at 2');
    expect(scene.offsets).toEqual([0, 1]);
  });

  it('given a hole that stays, then it stops before it and reports it', async () => {
    scene = new Scene();
    await scene.assigned();
    const fill = (): void => scene.consumer.offer(fetched([3, 4]));
    for (let seeks = 1; scene.errors.length === 0; seeks += 1) {
      fill();
      await scene.until(() => scene.errors.length > 0 || scene.orders.filter((order) => order === 'go on at 0').length > seeks);
    }
    expect(scene.errors).toEqual([expect.any(OffsetOutsideLogError)]);
    expect(scene.batches).toEqual([]);
  }, 20_000);

  it('given handlers slower than the fetch, then it is paused while much waits, and goes on without a seek', async () => {
    scene = new Scene();
    const gate = Promise.withResolvers<void>();
    scene.handle = () => gate.promise;
    await scene.assigned();
    scene.consumer.offer(fetched(to(0, 5), 300_000));
    await scene.until(() => scene.orders.includes('pause'));
    gate.resolve();
    await scene.until(() => scene.next === 5);
    scene.consumer.offer(fetched([5]));
    await scene.until(() => scene.next === 6);
    expect(scene.orders).toEqual(['go on at 0', 'pause', 'resume']);
    expect(scene.offsets).toEqual(to(0, 6));
  });

  it('given a rejection, then what waits is dropped, and it goes on where next stands then', async () => {
    scene = new Scene();
    const gate = Promise.withResolvers<void>();
    scene.handle = async () => {
      if (scene.batches.length > 1) return;
      await gate.promise;
      scene.next = 2;
      throw new Error('not now');
    };
    await scene.assigned();
    scene.consumer.offer(fetched([0, 1, 2]));
    await scene.until(() => scene.batches.length === 1);
    scene.consumer.offer(fetched([3, 4]));
    gate.resolve();
    await scene.until(() => scene.orders.at(-1) === 'go on at 2');
    scene.consumer.offer(fetched([5]));
    await scene.until(() => scene.orders.filter((order) => order === 'go on at 2').length === 2);
    scene.consumer.offer(fetched([2, 3, 4, 5]));
    await scene.until(() => scene.next === 6);
    expect(scene.batches.map(({ first, end }) => [first, end])).toEqual([[0, 3], [2, 6]]);
  });

  it('given it is taken away and given back while a batch is in hand, then that ends before the next begins', async () => {
    scene = new Scene();
    const gate = Promise.withResolvers<void>();
    scene.handle = () => gate.promise;
    await scene.assigned();
    scene.consumer.offer(fetched([0, 1]));
    await scene.until(() => scene.batches.length === 1);
    scene.consumer.offer(fetched([2]));
    scene.consumer.revoke();
    scene.consumer.assign();
    scene.consumer.offer(fetched([0, 1]));
    expect(scene.orders).toEqual(['go on at 0']);
    gate.resolve();
    await scene.until(() => scene.orders.at(-1) === 'go on at 2');
    expect(scene.batches.map(({ first, end }) => [first, end])).toEqual([[0, 2]]);
  });

  it('given it is taken away, then nothing of what waits is handed over', async () => {
    scene = new Scene();
    const gate = Promise.withResolvers<void>();
    scene.handle = () => gate.promise;
    await scene.assigned();
    scene.consumer.offer(fetched([0]));
    await scene.until(() => scene.batches.length === 1);
    scene.consumer.offer(fetched([1, 2]));
    const stopped = scene.consumer.stop();
    gate.resolve();
    await stopped;
    expect(scene.offsets).toEqual([0]);
  });

  it.each([['below', { first: 6, end: 9 }], ['above', { first: 0, end: 3 }]])('given records lost while nothing comes, so that next is %s the log, then it stops and reports it', async (_where, range) => {
    scene = new Scene();
    scene.next = 5;
    await scene.assigned();
    scene.consumer.check(scene.consumer.position!, scene.range);
    scene.range = range;
    scene.consumer.check(scene.consumer.position!, range);
    await scene.until(() => scene.errors.length > 0);
    scene.consumer.offer(fetched(to(range.first, range.end)));
    expect(scene.errors).toEqual([expect.any(OffsetOutsideLogError)]);
    expect(scene.orders).toEqual(['go on at 5', 'pause', 'pause']);
    expect(scene.batches).toEqual([]);
  });

  it('given it stopped outside the log, when it is assigned again, then it says so again, whatever the log holds by now', async () => {
    scene = new Scene();
    scene.next = 5;
    scene.range = { first: 0, end: 3 };
    scene.consumer.assign();
    await scene.until(() => scene.errors.length === 1);
    scene.range = { first: 0, end: 10 };
    scene.consumer.assign();
    await scene.until(() => scene.errors.length === 2);
    expect(scene.errors[1]).toBe(scene.errors[0]);
    expect(scene.batches).toEqual([]);
  });

  it('given a consumer from the latest on whose place is gone, then it goes on at the end', async () => {
    scene = new Scene('latest', 50);
    await scene.assigned();
    scene.range = { first: 0, end: 3 };
    scene.consumer.check(scene.consumer.position!, scene.range);
    await scene.until(() => scene.orders.at(-1) === 'go on at 3');
    expect(scene.errors).toEqual([]);
  });
});
