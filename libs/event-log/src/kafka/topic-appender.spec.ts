import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Message, Producer, RecordMetadata } from 'kafkajs';
import { EventLogUnavailableError } from '../errors.js';
import { Replaceable } from './replaceable.js';
import { MAX_BATCH_BYTES, TopicAppender } from './topic-appender.js';

interface Request {
  readonly producer: number;
  readonly values: string[];
  /** Acknowledges all partitions but these. */
  acknowledge(but?: readonly number[]): void;
  fail(): void;
}

describe('TopicAppender', () => {
  let requests: Request[];
  let disconnected: number[];
  let appender: TopicAppender;
  let arrived: PromiseWithResolvers<void>;

  const scripted = (producer: number): Producer => ({
    connect: async () => undefined,
    disconnect: async () => void disconnected.push(producer),
    send: ({ messages }: { messages: Message[] }) => new Promise<RecordMetadata[]>((resolve, reject) => {
      const partitions = new Set(messages.map(({ partition }) => partition!));
      requests.push({
        producer,
        values: messages.map(({ value }) => String(value)),
        acknowledge: (but = []) => resolve([...partitions].filter((partition) => !but.includes(partition)).map((partition) => ({ topicName: 't', partition, errorCode: 0 }))),
        fail: () => reject(new Error('out of order sequence')),
      });
      arrived.resolve();
      arrived = Promise.withResolvers();
    }),
  }) as unknown as Producer;

  const sent = async (count: number): Promise<Request> => {
    while (requests.length < count) await arrived.promise;
    return requests[count - 1]!;
  };
  const append = (partition: number, value: string | Buffer = String(partition)): Promise<void> => appender.append([{ partition, key: 'k', headers: {}, value: Buffer.from(value) }]);

  beforeEach(() => {
    requests = [];
    disconnected = [];
    arrived = Promise.withResolvers();
    let producers = 0;
    appender = new TopicAppender('t', new Replaceable(() => scripted(producers++), 300), 300);
  });

  it('given a request under way, then what is appended meanwhile goes together in the next, in order', async () => {
    const first = append(0, 'a');
    const others = ['b', 'c', 'd'].map((value, partition) => append(partition, value));
    (await sent(1)).acknowledge();
    await first;
    const second = await sent(2);
    expect(requests.map(({ values }) => values)).toEqual([['a'], ['b', 'c', 'd']]);
    second.acknowledge();
    await Promise.all(others);
  });

  it('given a request that hangs, then other partitions are appended to beside it, and its own are not', async () => {
    const hangs = append(0, 'a');
    const same = append(0, 'b');
    const other = append(1, 'c');
    (await sent(2)).acknowledge();
    await other;
    expect(requests.map(({ values }) => values)).toEqual([['a'], ['c']]);
    (await sent(1)).acknowledge();
    await hangs;
    (await sent(3)).acknowledge();
    await same;
    expect(requests[2]!.values).toEqual(['b']);
  });

  it('given a partition that kafkajs left out of what it acknowledges, then the append is rejected', async () => {
    const both = appender.append([0, 1].map((partition) => ({ partition, key: 'k', headers: {}, value: Buffer.from('v') })));
    (await sent(1)).acknowledge([1]);
    await expect(both).rejects.toThrow(/partitions 1 of t were left out/);
  });

  it('given a request that failed, then its appends are rejected, and the next goes through a new producer', async () => {
    const failing = append(0, 'a');
    (await sent(1)).fail();
    await expect(failing).rejects.toThrow(EventLogUnavailableError);
    const next = append(0, 'b');
    (await sent(2)).acknowledge();
    await next;
    expect(requests.map(({ producer }) => producer)).toEqual([0, 1]);
    expect(disconnected).toEqual([0]);
  });

  it('given no answer, then the append is rejected at the deadline, and the partition is free for a new producer', async () => {
    const before = performance.now();
    await expect(append(0, 'a')).rejects.toThrow(EventLogUnavailableError);
    expect(performance.now() - before).toBeLessThan(2_000);
    const next = append(0, 'c');
    (await sent(2)).acknowledge();
    await next;
    expect(requests.map(({ producer, values }) => [producer, values])).toEqual([[0, ['a']], [1, ['c']]]);
    // The first producer is still being used: kafkajs would connect it again.
    expect(disconnected).toEqual([]);
  });

  it('given more than a request takes, then it goes in several, one after the other, and is done with the last', async () => {
    const value = Buffer.alloc(MAX_BATCH_BYTES * 0.4);
    let done = false;
    const appended = appender.append(Array.from({ length: 5 }, () => ({ partition: 0, key: 'k', headers: {}, value }))).then(() => (done = true));
    for (const [at, count] of [2, 2, 1].entries()) {
      expect(done).toBe(false);
      const request = await sent(at + 1);
      expect(request.values).toHaveLength(count);
      request.acknowledge();
    }
    await appended;
  });

  it('given a record that no request takes, then it is refused and nothing is sent', async () => {
    await expect(append(0, Buffer.alloc(MAX_BATCH_BYTES))).rejects.toThrow(`allowed are ${MAX_BATCH_BYTES}`);
    expect(requests).toEqual([]);
  });
});
