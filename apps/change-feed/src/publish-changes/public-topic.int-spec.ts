import type { INestApplicationContext } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { KafkaEventLog } from '@isocenter/event-log/kafka';
import { consumeAsTold, FeedUnderTest, isWatermark, type Announced } from '../../test/feed-under-test.js';
import { KafkaTopic } from '../../test/kafka-topic.js';
import { runProgram, type Running } from '../../test/run-program.js';
import { startChangeFeed } from '../../test/start-change-feed.js';
import { FEED_LAST, FEED_PUBLISHED } from '@isocenter/metadata-store';
import { writeSegment } from '../write-journal/write-segment.js';

const example = join(import.meta.dirname, '../../../../docs/examples/count_instances.py');
const python = process.env['PYTHON'] ?? 'python3';
const MODALITIES = ['CT', 'MR', 'US'];

/** A record as kcat -J writes it. */
interface KcatRecord {
  readonly partition: number;
  readonly offset: number;
  readonly headers: readonly string[];
  readonly key: string;
  readonly payload: string;
}

describe('the public topic on Kafka, as its readers see it', () => {
  let topic: KafkaTopic;
  let eventLog: KafkaEventLog;
  let feed: FeedUnderTest;
  let apps: INestApplicationContext[];
  let instances: Map<string, string>;
  beforeEach(async () => {
    topic = new KafkaTopic();
    eventLog = await topic.open();
    feed = await FeedUnderTest.open(eventLog);
    apps = [];
    instances = new Map();
  });
  afterEach(async () => {
    for (const app of apps) await app.close();
    await feed.close();
    await eventLog.close();
  });

  const start = async (): Promise<void> => void apps.push(await startChangeFeed(feed));
  const position = async (name: string): Promise<number> => (await feed.store.readCursor(name))?.position ?? 0;
  const published = async (): Promise<number> => {
    for (;;) {
      // In this order: what is announced may be numbered between two reads.
      const isNumbered = (await feed.store.listUnnumberedChanges(1)).length === 0;
      const last = await position(FEED_LAST);
      if (isNumbered && (await position(FEED_PUBLISHED)) === last) return last;
      await pause(20);
    }
  };

  /** Stores, replacements and deletes; what is there afterwards stands in `instances`. */
  let made = 0;
  const nextChange = (): Announced => {
    made += 1;
    const known = [...instances.keys()];
    const modality = MODALITIES[made % 3]!;
    if (made % 7 === 0 && known.length > 3) {
      const key = known[made % known.length]!;
      const kind = instances.get(key)!;
      instances.delete(key);
      return { study: key.split('/')[0]!, instance: Number(key.split('/')[1]), action: 'delete', detail: { modality: kind } };
    }
    if (made % 5 === 0 && known.length > 0) {
      const key = known[made % known.length]!;
      return { study: key.split('/')[0]!, instance: Number(key.split('/')[1]), version: `v${made}`, detail: { modality: instances.get(key)!, replaces: 'v' } };
    }
    const study = String(made % 40);
    instances.set(`${study}/${made}`, modality);
    return { study, instance: made, detail: { modality } };
  };
  const announce = (count: number): Promise<void> => feed.announce(...Array.from({ length: count }, nextChange));
  const expected = (): string => MODALITIES.map((modality) => `${modality}\t${[...instances.values()].filter((one) => one === modality).length}\n`).join('');

  const kcat = async (...args: string[]): Promise<string> => runProgram('kcat', ['-b', topic.brokers, '-t', topic.name, '-C', '-e', '-q', ...args], 'It is a Debian package: apt-get install kcat.').ended;
  const count = (...args: string[]): Running =>
    runProgram(python, [example, '--brokers', topic.brokers, '--topic', topic.name, '--database', join(feed.ports.folder, 'counts.db'), ...args], 'The example needs a client: pip install confluent-kafka==2.16.1, and PYTHON names the interpreter that has it.');

  it('given kcat, then it reads each change with its headers, key and value, and watermarks', async () => {
    await start();
    await announce(60);
    expect(await published()).toBe(60);
    const read = async (): Promise<KcatRecord[]> => (await kcat('-J')).trim().split('\n').map((line) => JSON.parse(line) as KcatRecord);
    let records: KcatRecord[] = [];
    const headersOf = ({ headers }: KcatRecord): Record<string, string> => Object.fromEntries(Array.from({ length: headers.length / 2 }, (_, at) => [headers[2 * at]!, headers[2 * at + 1]!]));
    const stored = (): { partition: number; offset: number; key: string; headers: Record<string, string>; value: Buffer }[] => records.map((record) => ({ ...record, headers: headersOf(record), value: Buffer.from(record.payload) }));
    do records = await read(); while (stored().filter((record) => isWatermark(record) && Number(record.headers.ce_sequence) === 60).length < 32);
    const first = stored().find(({ headers }) => headers.ce_id === '1')!;
    expect(first).toMatchObject({ key: 'Microsoft.Default/1', headers: { 'content-type': 'application/json', ce_type: 'Microsoft.HealthcareApis.DicomImageCreated', ce_sequence: '0000000000000001' } });
    expect(JSON.parse(first.value.toString())).toMatchObject({ imageStudyInstanceUid: '1', sequenceNumber: 1, modality: 'MR' });
    const partitions = Array.from({ length: 32 }, (_, partition) => stored().filter((record) => record.partition === partition));
    const homes = new Map(stored().filter((record) => !isWatermark(record)).map(({ headers, partition }) => [Number(headers.ce_sequence), partition]));
    expect(consumeAsTold(partitions, (sequence) => homes.get(sequence)!)).toEqual({ sequences: Array.from({ length: 60 }, (_, at) => at + 1), doubles: 0 });
  });

  it('given the counting consumer of the documentation, killed again and again while changes come and doubles among them, then its counts are exact', async () => {
    await start();
    await start();
    for (let round = 0; round < 6; round += 1) {
      const { child } = count();
      await announce(40);
      await published();
      // Doubles: the cursor falls back, as after a publisher that died before it moved.
      if (round % 2 === 1) await feed.store.commit({ writes: [{ op: 'update', table: 'cursors', key: { name: FEED_PUBLISHED }, set: { position: 40 * round - 15 } }] });
      // Whenever it is: before it reads, in the middle, or behind.
      await pause(round * 150);
      child.kill('SIGKILL');
      await once(child, 'close');
    }
    const last = await published();
    expect(await count('--until', String(last)).ended).toBe(expected());
  });

  it('given a start from the journal, then the topic is read from its end at that time, and the counts are exact', async () => {
    await start();
    await announce(100);
    await published();
    const journal = createServer((_request, response) => {
      void (async () => {
        while (await writeSegment(feed.store, feed.objects));
        for await (const { key, size } of feed.objects.list('journal/')) response.write(await feed.objects.readRange(key, 0, size));
        response.end();
      })();
    }).listen(0, '127.0.0.1');
    await once(journal, 'listening');
    try {
      const url = `http://127.0.0.1:${(journal.address() as AddressInfo).port}/`;
      expect(await count('--until', '100', '--journal', url).ended).toBe(expected());
      await announce(50);
      const last = await published();
      expect(await count('--until', String(last), '--journal', url).ended).toBe(expected());
    } finally {
      journal.close();
    }
  });
});
