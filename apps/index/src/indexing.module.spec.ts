import { CommandSender, type DeleteInstances as DeleteCommand, type StoreInstance } from '@isocenter/commands';
import { EventLogServer, TOPICS } from '@isocenter/event-log';
import type { RequestContext } from '@isocenter/http';
import { createLogger } from '@isocenter/telemetry';
import { openPorts, type OpenPorts } from '@isocenter/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestMicroservice } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import 'reflect-metadata';
import { deleteCommand, storeCommand } from '../test/make-commands.js';
import { DELETE_CHUNK } from './apply-commands/decide-delete.js';
import { DeleteInstances } from './delete-instances/delete-instances.js';
import { IndexingModule, indexingTopics } from './indexing.module.js';
import { Search } from './search/search.js';

const log = createLogger({ level: 'silent', service: 'index' });
const context = { dialect: 'azure-v2', partition: 'Microsoft.Default', baseUrl: 'http://localhost/v2', principal: { name: 'admin' } } as unknown as RequestContext;

/** The service as it runs, but for HTTP: its consumer on the real log, its transactions in the real store. */
describe('the service index', () => {
  let ports: OpenPorts;
  let commands: CommandSender;
  let app: INestMicroservice;
  let errors: Error[];

  const start = async (): Promise<void> => {
    const { eventLog, store } = ports;
    commands = new CommandSender(eventLog, store);
    const module = IndexingModule.register({ eventLog, store, commands }, { graceMs: 1_000_000, deadlineMs: 30_000, log });
    app = await NestFactory.createMicroservice(module, { strategy: new EventLogServer({ eventLog, topics: indexingTopics(store), onError: (error) => errors.push(error) }), logger: false });
    await app.listen();
  };
  const stop = async (): Promise<void> => {
    await app.close();
    commands.close();
  };
  const ask = (command: StoreInstance | DeleteCommand): ReturnType<CommandSender['ask']> => commands.ask(command, { metadata: Buffer.from('{}'), marks: Buffer.alloc(0), frameTable: Buffer.alloc(0) }, 30_000);

  beforeEach(async () => {
    ports = await openPorts();
    errors = [];
    await start();
  });
  afterEach(async () => {
    await stop();
    await ports.close();
  });

  it('given many stores at once, then each asker gets its decision, and what is created is found', async () => {
    const asked = Array.from({ length: 300 }, (_, at) => storeCommand(`${at % 5}/1/${at % 100}`, { study: { PatientID: `P${at % 5}` }, bytes: String(at % 200) }));
    const decisions = await Promise.all(asked.map(ask));
    const kinds = Object.groupBy(decisions, ({ kind }) => kind);
    expect([kinds.created?.length, kinds.same?.length, kinds.conflict?.length]).toEqual([100, 100, 100]);
    const { body } = await app.get(Search).run(context, { level: 'study' }, 'PatientID=P3&includefield=NumberOfStudyRelatedInstances');
    expect(JSON.parse(body!)).toMatchObject([{ '0020000D': { Value: ['3'] }, '00201208': { Value: [20] } }]);
    expect(errors).toEqual([]);
  });

  it('given a delete of more than one transaction takes, then it ends when all is gone', async () => {
    await Promise.all(Array.from({ length: DELETE_CHUNK + 200 }, (_, at) => ask(storeCommand(`1/1/${at}`))));
    await app.get(DeleteInstances).run(context, { study: '1' });
    expect(await ports.store.findStudy(1, '1')).toBeUndefined();
    expect(await ports.store.listDue('send-command', Number.MAX_SAFE_INTEGER, 10)).toEqual([]);
    await expect(app.get(DeleteInstances).run(context, { study: '1' })).rejects.toMatchObject({ status: 404 });
    expect(errors).toEqual([]);
  });

  it('given a stop in the middle of a delete and a new start, then it is finished', async () => {
    await Promise.all(Array.from({ length: 2 * DELETE_CHUNK + 100 }, (_, at) => ask(storeCommand(`1/1/${at}`))));
    const command = deleteCommand('1');
    expect(await ask(command)).toEqual({ kind: 'deleting' });
    await stop();
    await start();
    expect(await commands.waitFor(`${command.id}/end`)).toEqual({ kind: 'deleted', count: 2 * DELETE_CHUNK + 100 });
    expect(await ports.store.findStudy(1, '1')).toBeUndefined();
  });

  it('given a record that cannot be read, then it is kept as a dead letter and what follows is decided', async () => {
    const letters = Promise.withResolvers<Record<string, string>>();
    const kept = await ports.eventLog.consume(TOPICS.deadLetters, { group: 'test', from: 'latest', maxBatchBytes: 1_000_000, onBatch: async ({ records }) => letters.resolve({ ...records[0]!.headers, value: records[0]!.value.toString() }), onError: letters.reject });
    await ports.eventLog.append(TOPICS.instanceCommands, [{ key: 'Microsoft.Default/1', headers: { ce_id: 'x' }, value: Buffer.from('nonsense') }]);
    expect(await ask(storeCommand('1/1/1'))).toMatchObject({ kind: 'created' });
    expect(await letters.promise).toMatchObject({ ce_id: 'x', 'dead-topic': TOPICS.instanceCommands.name, 'dead-offset': '0', value: 'nonsense' });
    expect(await commands.waitFor('x')).toMatchObject({ kind: 'failed' });
    await kept.stop();
  });
});
