import { EventLogUnavailableError, TOPICS, type Consumer, type LogBatch } from '@isocenter/event-log';
import type { Outcome } from '@isocenter/metadata-store';
import { openPorts, type OpenPorts } from '@isocenter/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CommandSender } from './command-sender.js';
import { decodeDecision, encodeDecision, type Decision } from './decision.js';
import { decodeCommand, type Command, type DeleteInstances } from './messages.js';
import { uuidv7 } from './uuidv7.js';

/** Longer than any test takes. */
const LONG_MS = 60_000;

describe('CommandSender', () => {
  let ports: OpenPorts;
  let eventLog: OpenPorts['eventLog'];
  let store: OpenPorts['store'];
  let sender: CommandSender;
  let consumers: Consumer[];

  beforeEach(async () => {
    ports = await openPorts();
    ({ eventLog, store } = ports);
    sender = new CommandSender(eventLog, store);
    consumers = [];
  });
  afterEach(async () => {
    sender.close();
    await Promise.all(consumers.map((consumer) => consumer.stop()));
    await ports.close();
  });

  const newCommand = (): Omit<DeleteInstances, 'deadline' | 'asker'> => ({ type: 'delete-instances', id: uuidv7(), partition: 'Microsoft.Default', study: '1.2.3', deletedBy: 'me' });
  const decide = (commandId: string, decision: Decision): Promise<Outcome> => store.commit({ writes: [{ op: 'insert', table: 'decisions', row: { commandId, decision: encodeDecision(decision), decidedAt: Date.now() } }] });
  const storedDecision = async (id: string): Promise<Decision | undefined> => (await store.findDecisions([id])).map(({ decision }) => decodeDecision(decision))[0];

  /** From now on appends fail. */
  async function loseTheLog(): Promise<void> {
    await ports.file.write({ statements: [{ sql: 'DROP TABLE log_partitions', params: [] }], durable: true });
  }

  /** Consumes commands as `index` does: whatever `onCommand` decides is inserted, if nothing was before. */
  async function writer(onCommand: (command: Command) => Promise<Decision>): Promise<{ commands: Command[]; outcomes: Outcome[] }> {
    const seen: { commands: Command[]; outcomes: Outcome[] } = { commands: [], outcomes: [] };
    consumers.push(await eventLog.consume(TOPICS.instanceCommands, {
      group: 'test', from: 'latest', maxBatchBytes: 1_000_000,
      onBatch: async ({ records }) => {
        for (const { value } of records) {
          const { command } = decodeCommand(value);
          seen.commands.push(command);
          seen.outcomes.push(await decide(command.id, await onCommand(command)));
        }
      },
      onError: (error) => {
        throw error;
      },
    }));
    return seen;
  }

  it('given a writer that decides, then the asker gets the decision, and the command says who asked and until when', async () => {
    const { commands } = await writer(async () => ({ kind: 'deleted', count: 3 }));
    const command = newCommand();
    const before = Date.now();
    expect(await sender.ask(command, undefined, LONG_MS)).toEqual({ kind: 'deleted', count: 3 });
    expect(commands).toEqual([{ ...command, asker: sender.replica, deadline: expect.any(Number) }]);
    expect(commands[0]!.deadline).toBeGreaterThanOrEqual(before + LONG_MS);
  });

  it('given a hint, then the decision is read at once', async () => {
    await writer(async () => ({ kind: 'not-found' }));
    consumers.push(await eventLog.consume(TOPICS.instanceOutcomes, { group: 'test', from: 'latest', maxBatchBytes: 1_000_000, onBatch: (batch) => sender.onOutcomes(batch), onError: (error) => { throw error; } }));
    const command = newCommand();
    const asked = sender.ask(command, undefined, LONG_MS);
    await eventLog.append(TOPICS.instanceOutcomes, [{ key: 'another replica', headers: {}, value: Buffer.from('["x"]') }, { key: sender.replica, headers: {}, value: Buffer.from(JSON.stringify(['unknown', command.id])) }]);
    expect(await asked).toEqual({ kind: 'not-found' });
  });

  it('given a hint before the decision, then it is no decision', async () => {
    const command = newCommand();
    const asked = sender.ask(command, undefined, LONG_MS);
    const hint: LogBatch = { topic: TOPICS.instanceOutcomes.name, partition: 0, first: 0, end: 1, records: [{ offset: 0, key: sender.replica, headers: {}, value: Buffer.from(JSON.stringify([command.id])) }] };
    await sender.onOutcomes(hint);
    await decide(command.id, { kind: 'deleted', count: 1 });
    expect(await asked).toEqual({ kind: 'deleted', count: 1 });
  });

  it('given a writer that is paused, then at the deadline the command is void, for ever', async () => {
    const command = newCommand();
    expect(await sender.ask(command, undefined, 1)).toEqual({ kind: 'void' });
    expect(await storedDecision(command.id)).toEqual({ kind: 'void' });
  });

  it('given a writer that decides after the void, then its decision is refused', async () => {
    const gate = Promise.withResolvers<void>();
    const written = Promise.withResolvers<void>();
    const { outcomes } = await writer(async () => {
      await gate.promise;
      setImmediate(written.resolve);
      return { kind: 'deleted', count: 1 };
    });
    const command = newCommand();
    expect(await sender.ask(command, undefined, 1)).toEqual({ kind: 'void' });
    gate.resolve();
    await written.promise;
    await consumers[0]!.stop();
    expect(outcomes).toEqual([{ committed: false, failed: 0 }]);
    expect(await storedDecision(command.id)).toEqual({ kind: 'void' });
  });

  it('given a decision that is there when the deadline passes, then the asker gets it and not a void', async () => {
    const command = newCommand();
    await decide(command.id, { kind: 'deleted', count: 7 });
    expect(await sender.ask(command, undefined, -1)).toEqual({ kind: 'deleted', count: 7 });
  });

  it('given many commands at their deadline while decisions come in, then what each asker got is what is stored', async () => {
    await writer(async ({ id }) => ({ kind: 'created', version: id }));
    const commands = Array.from({ length: 60 }, newCommand);
    const answers = await Promise.all(commands.map((command, at) => sender.ask(command, undefined, at % 2 === 0 ? 0 : LONG_MS)));
    for (const [at, command] of commands.entries()) expect(await storedDecision(command.id)).toEqual(answers[at]);
    expect(answers.filter((_, at) => at % 2 === 1).every(({ kind }) => kind === 'created')).toBe(true);
  });

  it('given waitFor, then it resolves with a decision that was made before or is made later', async () => {
    await decide('early', { kind: 'deleted', count: 1 });
    expect(await sender.waitFor('early')).toEqual({ kind: 'deleted', count: 1 });
    const waiting = Promise.all([sender.waitFor('late'), sender.waitFor('late')]);
    await decide('late', { kind: 'deleted', count: 2 });
    expect(await waiting).toEqual([{ kind: 'deleted', count: 2 }, { kind: 'deleted', count: 2 }]);
  });

  it('given a log that is away, then the command is made void before the error is told', async () => {
    await loseTheLog();
    const command = newCommand();
    await expect(sender.ask(command, undefined, LONG_MS)).rejects.toThrow(EventLogUnavailableError);
    expect(await storedDecision(command.id)).toEqual({ kind: 'void' });
  });

  it('given a log that lost the answer to an append and a writer that has decided, then the asker gets the decision', async () => {
    const command = newCommand();
    await decide(command.id, { kind: 'deleted', count: 4 });
    await loseTheLog();
    expect(await sender.ask(command, undefined, LONG_MS)).toEqual({ kind: 'deleted', count: 4 });
  });
});
