import { decodeCommand, type Command } from '@isocenter/commands';
import { TOPICS, type LogBatch, type StoredRecord } from '@isocenter/event-log';
import { createLogger } from '@isocenter/telemetry';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { IndexUnderTest } from '../../test/index-under-test.js';
import { deleteCommand, storeCommand } from '../../test/make-commands.js';
import { DELETE_CHUNK } from './decide-delete.js';
import { DueCommands } from './send-due-commands.js';

const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe('the trace of a command', () => {
  let index: IndexUnderTest;
  beforeEach(async () => {
    index = await IndexUnderTest.open();
  });
  afterEach(() => index.close());

  const traced = (command: Command): LogBatch => {
    const batch = index.batch(command);
    return { ...batch, records: batch.records.map((record) => ({ ...record, headers: { ...record.headers, traceparent } })) };
  };

  it('given one, then its change keeps it for those who tell of the change; given none, then the change has none', async () => {
    await index.run(traced(storeCommand('1/1/1')));
    await index.together(storeCommand('1/1/2'));
    const [of, without] = (await index.changes()).map(({ detail }) => JSON.parse(detail) as object);
    expect(of).toMatchObject({ traceparent });
    expect(without).not.toHaveProperty('traceparent');
  });

  it('given a delete that goes chunk by chunk, then each command that follows has it', async () => {
    for (let from = 0; from < DELETE_CHUNK + 1; from += 250) await index.together(...Array.from({ length: 250 }, (_, at) => storeCommand(`1/1/${from + at}`)));
    await index.run(traced(deleteCommand('1')));
    const { promise: sent, resolve } = Promise.withResolvers<StoredRecord>();
    const consumer = await index.ports.eventLog.consume(TOPICS.instanceCommands, { group: 'test', from: { read: async () => 0 }, maxBatchBytes: 1e6, onError: () => undefined, onBatch: async ({ records }) => resolve(records[0]!) });
    const following = new DueCommands(index.ports.eventLog, index.store, { graceMs: 0, deadlineMs: 0, log: createLogger({ level: 'silent', service: 'index' }) });
    following.sendSoon();
    const { headers, value } = await sent;
    expect(headers).toMatchObject({ traceparent, ce_type: 'isocenter.delete-instances.v1' });
    expect(decodeCommand(value).command).not.toHaveProperty('traceparent');
    await following.onApplicationShutdown();
    await consumer.stop();
  });
});
