import { CommandSender, decodeCommand, encodeDecision, type Decision } from '@isocenter/commands';
import { TOPICS, type Consumer } from '@isocenter/event-log';
import type { RequestContext } from '@isocenter/http';
import { ByteBudget, FilesObjectStore } from '@isocenter/object-store';
import { createLogger } from '@isocenter/telemetry';
import { openPorts, type OpenPorts } from '@isocenter/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { FastifyRequest } from 'fastify';
import { readdirSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import 'reflect-metadata';
import { instanceFile } from '../../test/instance-file.js';
import { WholeMetadata } from '../rebuild-index/whole-metadata.js';
import { StoreInstances } from './store-instances.js';

type DataSet = Record<string, { Value?: (DataSet & unknown)[] } | undefined>;

/** The use case with the real log, store and objects; a consumer in the place of `index` decides by SOP Instance UID. */
describe('StoreInstances', () => {
  let ports: OpenPorts;
  let objects: FilesObjectStore;
  let commands: CommandSender;
  let writer: Consumer;
  let useCase: StoreInstances;
  let decisions: Map<string, Decision>;
  let commandIds: string[];

  beforeEach(async () => {
    ports = await openPorts();
    objects = await FilesObjectStore.open(join(ports.folder, 'objects'));
    commands = new CommandSender(ports.eventLog, ports.store);
    decisions = new Map();
    commandIds = [];
    writer = await ports.eventLog.consume(TOPICS.instanceCommands, {
      group: 'test', from: 'latest', maxBatchBytes: 1_000_000,
      onBatch: async ({ records }) => {
        for (const { value } of records) {
          const { command } = decodeCommand(value);
          commandIds.push(command.id);
          const decision = command.type === 'store-instance' ? (decisions.get(command.sop) ?? { kind: 'created', version: command.version }) : undefined;
          if (decision) await ports.store.commit({ writes: [{ op: 'insert', table: 'decisions', row: { commandId: command.id, decision: encodeDecision(decision), decidedAt: 1 } }] });
        }
      },
      onError: (error) => {
        throw error;
      },
    });
    const limits = { maxConcurrentUploads: 2, maxParts: 100, maxUploadBytes: 1_000_000, maxHeaderBytes: 100_000, budget: new ByteBudget(10_000_000), graceMs: 0, deadlineMs: 60_000, importSources: [] };
    const options = { ...limits, log: createLogger({ level: 'silent', service: 'ingest' }) };
    useCase = new StoreInstances(objects, ports.store, ports.eventLog, options, commands, new WholeMetadata(ports.store, objects, ports.eventLog, options));
  });
  afterEach(async () => {
    useCase.onApplicationShutdown();
    commands.close();
    await writer.stop();
    await objects.close();
    await ports.close();
  });

  const context = { dialect: 'azure-v2', partition: 'Microsoft.Default', baseUrl: 'http://localhost/v2', principal: { name: 'me' } } as unknown as RequestContext;
  const partOf = (sop: string): Buffer => Buffer.concat([Buffer.from('--b\r\nContent-Type: application/dicom\r\n\r\n'), instanceFile({ '00080018': ['UI', sop] }), Buffer.from('\r\n')]);
  const store = (...sops: string[]): ReturnType<typeof storeBody> => storeBody([...sops.map(partOf), Buffer.from('--b--\r\n')]);
  const storeBody = async (bytes: Iterable<Buffer> | AsyncIterable<Buffer>): Promise<{ status: number; stored: unknown[]; failed: [unknown, unknown][] }> => {
    const raw = Readable.from(bytes);
    const request = { raw, headers: { 'content-type': 'multipart/related; type="application/dicom"; boundary=b', 'transfer-encoding': 'chunked' } } as unknown as FastifyRequest;
    const { status, body } = await useCase.run(context, undefined, 'create', request);
    const answer = JSON.parse(body ?? '{}') as DataSet;
    const sopOf = (item: DataSet): unknown => item['00081155']?.Value?.[0];
    return { status, stored: (answer['00081199']?.Value ?? []).map(sopOf), failed: (answer['00081198']?.Value ?? []).map((item): [unknown, unknown] => [sopOf(item), item['00081197']?.Value?.[0]]) };
  };
  const files = (): number => readdirSync(join(ports.folder, 'objects'), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;

  it('given several instances, then each is answered by its decision, in the order of the request, and only what is created keeps its object at once', async () => {
    decisions.set('1.2', { kind: 'conflict', version: 'v' }).set('1.3', { kind: 'doomed' });
    expect(await store('1.1', '1.2', '1.3', '1.4')).toEqual({ status: 202, stored: ['1.1', '1.4'], failed: [['1.2', 45070], ['1.3', 45071]] });
  });

  it('given that none is decided in time, then 503, and nothing is left', async () => {
    decisions.set('1.1', { kind: 'void' }).set('1.2', { kind: 'late' });
    await expect(store('1.1', '1.2')).rejects.toMatchObject({ status: 503 });
    expect(files()).toBe(0);
  });

  it('given that one of several is not decided in time, then it fails alone: what got a 503 never happened', async () => {
    decisions.set('1.2', { kind: 'void' });
    expect(await store('1.1', '1.2', '1.3')).toEqual({ status: 202, stored: ['1.1', '1.3'], failed: [['1.2', 272]] });
    expect(files()).toBe(2);
  });

  it('given that the log goes away behind the first instances, then those are named as stored', async () => {
    const many = Array.from({ length: 40 }, (_, at) => `1.${at}`);
    await ports.file.write({ statements: [{ sql: "CREATE TRIGGER away BEFORE INSERT ON log_records WHEN new.topic LIKE '%commands%' AND (SELECT SUM(next) FROM log_partitions) >= 5 BEGIN SELECT RAISE(ABORT, 'away'); END", params: [] }], durable: true });
    const { status, stored, failed } = await store(...many);
    expect(status).toBe(202);
    expect([stored.length, failed.length]).toEqual([5, 35]);
    expect(new Set([...stored, ...failed.map(([sop]) => sop)])).toEqual(new Set(many));
    expect(failed.every(([, reason]) => reason === 272)).toBe(true);
    expect(files()).toBe(5);
  });

  it('given that the objects go away while a later instance is read, then those before it are named as stored', async () => {
    const folder = join(ports.folder, 'objects');
    async function* body(): AsyncGenerator<Buffer> {
      yield partOf('1.1');
      // Its end is seen with the next boundary.
      yield Buffer.from('--b\r\n');
      while (commandIds.length === 0 || (await ports.store.findDecisions(commandIds)).length === 0) await new Promise((resolve) => setImmediate(resolve));
      await rename(folder, `${folder}.away`);
      yield partOf('1.2').subarray('--b\r\n'.length);
      yield partOf('1.3');
      yield Buffer.from('--b--\r\n');
    }
    expect(await storeBody(body())).toEqual({ status: 202, stored: ['1.1'], failed: [['1.2', 272], ['1.3', 272]] });
    await expect(store('1.4')).rejects.toMatchObject({ status: 424 });
    await rename(`${folder}.away`, folder);
  });

  it('given more uploads than may be read at a time, then 503, and there is a place again when one has ended', async () => {
    const places = [useCase.gate.admit(), useCase.gate.admit()];
    await expect(store('1.1')).rejects.toMatchObject({ status: 503, retryAfterSeconds: 1 });
    places[0]!();
    expect(await store('1.1')).toMatchObject({ status: 200 });
    places[1]!();
    expect([useCase.gate.open, useCase.budget.used]).toEqual([0, 0]);
  });
});
