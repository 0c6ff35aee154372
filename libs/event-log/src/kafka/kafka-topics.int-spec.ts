import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ConfigResourceTypes } from 'kafkajs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { KafkaUnderTest } from '../../test/kafka-under-test.js';
import { EventLogUnavailableError, PartitionCountError } from '../errors.js';
import { CONTRACT_TOPICS } from '../event-log.contract.js';
import { TOPICS } from '../topics.js';

const { wide, narrow } = CONTRACT_TOPICS;

describe('KafkaEventLog.open', () => {
  let kafka: KafkaUnderTest;
  const servers: Server[] = [];
  beforeEach(() => {
    kafka = new KafkaUnderTest([wide, narrow]);
  });
  afterEach(async () => {
    for (const server of servers.splice(0)) server.close();
    await kafka.close();
  });

  it('given topics that are not there, then they are made with the counts of the table, and those are stored', async () => {
    const log = await kafka.open();
    expect([wide, narrow].map((topic) => log.partitionCount(topic))).toEqual([4, 1]);
    expect([...kafka.partitionCounts.counts]).toEqual([[wide.name, 4], [narrow.name, 1]]);
  });

  it('given two processes that start at once, then both open the same topics', async () => {
    const logs = await Promise.all([kafka.open(), kafka.open(), kafka.open()]);
    expect(logs.map((log) => log.partitionCount(wide))).toEqual([4, 4, 4]);
  });

  it('given a stored count, then a topic is made with that, whatever the table says', async () => {
    kafka.partitionCounts.counts.set(wide.name, 7);
    expect((await kafka.open()).partitionCount(wide)).toBe(7);
  });

  it('given a topic that somebody else made, then its count is taken and stored', async () => {
    await (await kafka.admin()).createTopics({ topics: [{ topic: kafka.nameOf(wide), numPartitions: 6 }], waitForLeaders: false });
    expect((await kafka.open()).partitionCount(wide)).toBe(6);
    expect(kafka.partitionCounts.counts.get(wide.name)).toBe(6);
  });

  it('given a topic with another count than the stored one, then it is refused', async () => {
    await kafka.open();
    kafka.partitionCounts.counts.set(wide.name, 5);
    await expect(kafka.open()).rejects.toThrow(PartitionCountError);
  });

  it('given the table of topics, then each is kept as long as it says, and lives by the settings', async () => {
    kafka = new KafkaUnderTest(Object.values(TOPICS));
    await kafka.open();
    const admin = await kafka.admin();
    const configOf = async (name: string): Promise<Record<string, string>> => {
      const { resources } = await admin.describeConfigs({ includeSynonyms: false, resources: [{ type: ConfigResourceTypes.TOPIC, name }] });
      return Object.fromEntries(resources[0]!.configEntries.map(({ configName, configValue }) => [configName, configValue]));
    };
    const commands = await configOf(kafka.nameOf(TOPICS.instanceCommands));
    expect(commands).toMatchObject({ 'retention.ms': String(7 * 86_400_000), 'retention.bytes': '-1', 'cleanup.policy': 'delete', 'min.insync.replicas': '1', 'unclean.leader.election.enable': 'false', 'message.timestamp.type': 'LogAppendTime', 'segment.ms': '86400000' });
    expect(await configOf(kafka.nameOf(TOPICS.instanceOutcomes))).toMatchObject({ 'retention.ms': '3600000', 'segment.ms': '900000' });
    expect(await configOf(kafka.nameOf(TOPICS.changeFeed))).toMatchObject({ 'retention.ms': '-1' });
    const { topics } = await admin.fetchTopicMetadata({ topics: Object.values(TOPICS).map((topic) => kafka.nameOf(topic)) });
    expect(topics.map(({ name, partitions }) => [name, partitions.length]).sort()).toEqual(Object.values(TOPICS).map((topic) => [kafka.nameOf(topic), topic.partitions.distributed]).sort());
  });

  it('given more replicas than brokers, then it says so, and that it could not start', async () => {
    await expect(kafka.open({ replication: 30, startTimeoutMs: 1 })).rejects.toThrow(/could not be opened .*contract\.wide\.v1: Replication-factor/);
  });

  it('given that nothing listens, then it tries until its time is over and names the brokers and the reason', async () => {
    const opening = kafka.open({ brokers: ['127.0.0.1:1'], startTimeoutMs: 1 });
    await expect(opening).rejects.toThrow(EventLogUnavailableError);
    await expect(opening).rejects.toThrow(/127\.0\.0\.1:1 .*ECONNREFUSED/);
  });

  it('given that what listens does not answer, then it gives up all the same', async () => {
    const silent = createServer(() => undefined).listen(0, '127.0.0.1');
    servers.push(silent);
    await new Promise((resolve) => silent.once('listening', resolve));
    const { port } = silent.address() as AddressInfo;
    await expect(kafka.open({ brokers: [`127.0.0.1:${port}`], startTimeoutMs: 1, appendDeadlineMs: 1_000 })).rejects.toThrow(EventLogUnavailableError);
  });
});

describe('KafkaEventLog.append', () => {
  let kafka: KafkaUnderTest;
  beforeEach(() => {
    kafka = new KafkaUnderTest([wide, narrow]);
  });
  afterEach(() => kafka.close());

  it('given more records than a request holds, then all are in, in order', async () => {
    const log = await kafka.open();
    await log.append(narrow, Array.from({ length: 40 }, (_, at) => ({ key: 'k', headers: {}, value: Buffer.alloc(200_000, at) })));
    const seen: number[] = [];
    const all = Promise.withResolvers<void>();
    await log.consume(narrow, {
      group: 'test', from: { read: async () => 0 }, maxBatchBytes: 1_000_000, onError: all.reject,
      onBatch: async ({ records }) => {
        seen.push(...records.map(({ value }) => value[0]!));
        if (seen.length >= 40) all.resolve();
      },
    });
    await all.promise;
    expect(seen).toEqual(Array.from({ length: 40 }, (_, at) => at));
  });

  it('given a topic that was deleted, then an append is rejected within its time, and works when the topic is back', async () => {
    const log = await kafka.open({ appendDeadlineMs: 1_000 });
    const record = { key: 'k', headers: {}, value: Buffer.from('v') };
    await log.append(narrow, [record]);
    await (await kafka.admin()).deleteTopics({ topics: [kafka.nameOf(narrow)] });
    // The broker is done a moment after it has answered.
    let before = performance.now();
    let failure: unknown;
    while (failure === undefined) {
      before = performance.now();
      await log.append(narrow, [record]).catch((error: unknown) => (failure = error));
    }
    expect(failure).toMatchObject({ name: 'EventLogUnavailableError', retriable: true });
    expect(performance.now() - before).toBeLessThan(5_000);
    await kafka.open();
    await log.append(narrow, [record]);
    expect(await log.lag(narrow, { read: async () => 0 })).toBe(1);
  });
});
