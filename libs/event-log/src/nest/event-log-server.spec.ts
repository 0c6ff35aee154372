import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StandaloneFile } from '@isocenter/standalone-file';
import { Controller, Module, type INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Payload } from '@nestjs/microservices';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import 'reflect-metadata';
import { CONTRACT_TOPICS } from '../event-log.contract.js';
import type { LogBatch } from '../event-log.js';
import { eventLogSchema } from '../sqlite/schema.js';
import { SqliteEventLog } from '../sqlite/sqlite-event-log.js';
import { EventLogServer, type ConsumedTopic } from './event-log-server.js';
import { OnTopic } from './on-topic.js';

const { wide, narrow } = CONTRACT_TOPICS;

class NotNowError extends Error {
  override readonly name = 'NotNowError';
}

const batches: LogBatch[] = [];
let failures = 0;
let seen = Promise.withResolvers<void>();

@Controller()
class OnNarrow {
  @OnTopic(narrow)
  async onBatch(@Payload() batch: LogBatch): Promise<void> {
    batches.push(batch);
    if (failures-- > 0) throw new NotNowError('the content of a record');
    seen.resolve();
  }
}

@Module({ controllers: [OnNarrow] })
class NarrowModule {}

describe('EventLogServer', () => {
  let folder: string;
  let file: StandaloneFile;
  let eventLog: SqliteEventLog;
  let app: INestMicroservice | undefined;
  let errors: Error[];
  const next = { position: 0 };
  const consumed: ConsumedTopic = { topic: narrow, group: 'test', from: { read: async () => next.position }, maxBatchBytes: 1_000 };
  const serve = async (topics: readonly ConsumedTopic[]): Promise<void> => {
    app = await NestFactory.createMicroservice(NarrowModule, { strategy: new EventLogServer({ eventLog, topics, onError: (error) => errors.push(error) }), logger: false });
    await app.listen();
  };

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'isocenter-log-'));
    file = StandaloneFile.open(folder, [eventLogSchema], 1);
    eventLog = await SqliteEventLog.open(file, [wide, narrow]);
    batches.length = 0;
    errors = [];
    failures = 0;
    next.position = 0;
    seen = Promise.withResolvers();
  });
  afterEach(async () => {
    await app?.close();
    app = undefined;
    await file.close();
    rmSync(folder, { recursive: true });
  });

  const append = (): Promise<void> => eventLog.append(narrow, [{ key: 'k', headers: { ce_id: '1' }, value: Buffer.from('v') }]);

  it('given a handler that resolves, then it gets each batch once, as the log has it', async () => {
    await serve([consumed]);
    await append();
    await seen.promise;
    expect(batches).toMatchObject([{ topic: narrow.name, partition: 0, first: 0, end: 1, records: [{ offset: 0, key: 'k', headers: { ce_id: '1' } }] }]);
    expect(batches[0]!.records[0]!.value).toEqual(Buffer.from('v'));
  });

  it('given a handler that rejects, then its own error is reported and it gets the batch again', async () => {
    failures = 2;
    await serve([consumed]);
    await append();
    await seen.promise;
    expect(batches.map(({ first, end }) => [first, end])).toEqual([[0, 1], [0, 1], [0, 1]]);
    expect(errors).toEqual([expect.any(NotNowError), expect.any(NotNowError)]);
  });

  it('given a handler of a topic that is not configured, then the start fails and names it', async () => {
    await expect(serve([{ ...consumed, topic: wide }])).rejects.toThrow(`No topic is configured for the handler of '${narrow.name}'.`);
    app = undefined;
  });

  it('given a closed service, then its handlers get nothing more', async () => {
    await serve([consumed]);
    await append();
    await seen.promise;
    await app!.close();
    app = undefined;
    await append();
    expect(await eventLog.lag(narrow, { read: async () => 1 })).toBe(1);
    expect(batches).toHaveLength(1);
  });
});
