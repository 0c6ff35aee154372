import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { OperationRow } from '@isocenter/metadata-store';
import { openPorts, type OpenPorts } from '@isocenter/testing';
import { OperationFailedError, OperationRunner, startOperation, type Operation, type OperationHandler, type StepOutcome } from './index.js';

const LEASE_MS = 200;
const log = { info: () => undefined, warn: () => undefined, error: () => undefined };

class Away extends Error {
  readonly retriable = true;
}

describe('OperationRunner', () => {
  let ports: OpenPorts;
  const runners: OperationRunner[] = [];
  beforeEach(async () => {
    ports = await openPorts();
  });
  afterEach(async () => {
    await Promise.all(runners.splice(0).map((runner) => runner.stop()));
    await ports.close();
  });

  const run = (handler: Partial<OperationHandler>): OperationRunner => {
    const runner = new OperationRunner({ store: ports.store, handlers: [{ type: 'count', step: async () => ({ done: true }), ...handler }], log, leaseMs: LEASE_MS });
    runners.push(runner);
    runner.start();
    runner.wake();
    return runner;
  };
  const start = (request: unknown = {}): Promise<string> => startOperation(ports.store, { type: 'count', request, createdBy: 'me', partition: 'ward', resources: ['studies/1'] });
  const find = async (id: string): Promise<OperationRow> => (await ports.store.findOperation(id))!;
  const until = async (id: string, holds: (row: OperationRow) => boolean): Promise<OperationRow> => {
    for (const deadline = Date.now() + 60_000; ;) {
      const row = await find(id);
      if (holds(row)) return row;
      if (Date.now() > deadline) throw new Error(`It stays ${JSON.stringify(row)}.`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  const ended = (id: string): Promise<OperationRow> => until(id, ({ status }) => status !== 'notStarted' && status !== 'running');
  /** Counts up to what was asked, a step each. */
  const countStep = async ({ request, state }: Operation): Promise<StepOutcome> => {
    const { to } = request as { to: number };
    const at = ((state as { at?: number }).at ?? 0) + 1;
    return { state: { at }, percent: (100 * at) / to, results: { counted: at }, done: at === to };
  };

  it('given one that was asked for, then it is not started, with what was asked', async () => {
    const id = await start({ to: 3 });
    expect(id).toMatch(/^[0-9a-f]{32}$/);
    expect(await find(id)).toMatchObject({ status: 'notStarted', percentComplete: 0, partition: 'ward', request: '{"to":3}', resources: '["studies/1"]', results: null, createdBy: 'me' });
  });

  it('given steps, then each begins with what the last one left, until one is done', async () => {
    const id = await start({ to: 3 });
    const begun: unknown[] = [];
    run({ step: (operation) => (begun.push(operation.state), countStep(operation)) });
    expect(await ended(id)).toMatchObject({ status: 'succeeded', percentComplete: 100, results: '{"counted":3}', holder: '', error: null });
    expect(begun).toEqual([{}, { at: 1 }, { at: 2 }]);
  });

  it('given one that has ended, then what was asked is not kept', async () => {
    const id = await start({ to: 1, name: 'Doe^Jane' });
    run({ step: countStep });
    expect((await ended(id)).request).toBe('{}');
  });

  it('given an error that passes, then the step is taken again', async () => {
    const id = await start({ to: 2 });
    let fails = true;
    run({
      step: (operation) => {
        if (!fails) return countStep(operation);
        fails = false;
        return Promise.reject(new Away('not now'));
      },
    });
    expect(await ended(id)).toMatchObject({ status: 'succeeded', results: '{"counted":2}' });
  });

  it.each<[string, Error, string]>([
    ['that says why', new OperationFailedError('There is no such thing.'), 'There is no such thing.'],
    ['of which nobody knows what it says', new TypeError('Doe^John'), 'A step could not be carried out (TypeError); the log of the server says why.'],
  ])('given an error %s, then it fails, and what it did until then is told', async (_, error, text) => {
    const id = await start({ to: 3 });
    const ends: string[] = [];
    run({ step: (operation) => ((operation.state as { at?: number }).at === 1 ? Promise.reject(error) : countStep(operation)), end: async (_operation, how) => void ends.push(how) });
    expect(await ended(id)).toMatchObject({ status: 'failed', error: text, percentComplete: 33, results: '{"counted":1}' });
    expect(ends).toEqual(['failed']);
  });

  it('given a wish to cancel during a step, then it is canceled after it', async () => {
    const id = await start({ to: 1_000_000 });
    const ends: string[] = [];
    run({
      step: async (operation) => {
        if (operation.state && (operation.state as { at?: number }).at === 2) await ports.store.commit({ writes: [{ op: 'update', table: 'operations', key: { id }, set: { cancelAsked: 1 } }] });
        return countStep(operation);
      },
      end: async (_operation, how) => void ends.push(how),
    });
    expect(await ended(id)).toMatchObject({ status: 'canceled', results: '{"counted":3}', holder: '' });
    expect(ends).toEqual(['canceled']);
  });

  it('given several runners, then one takes the steps', async () => {
    const id = await start({ to: 50 });
    let steps = 0;
    for (let runner = 0; runner < 3; runner += 1) run({ step: (operation) => ((steps += 1), countStep(operation)) });
    await ended(id);
    expect(steps).toBe(50);
  });

  it('given a runner that was stopped in the middle, then another goes on behind its last step', async () => {
    const id = await start({ to: 6 });
    const first = run({ step: async (operation) => ({ ...(await countStep(operation)), waitMs: (operation.state as { at?: number }).at === 2 ? 60_000 : 0 }) });
    await until(id, ({ state }) => state === '{"at":3}');
    await first.stop();
    expect(await find(id)).toMatchObject({ status: 'running', holder: '' });
    const begun: unknown[] = [];
    run({ step: (operation) => (begun.push(operation.state), countStep(operation)) });
    expect(await ended(id)).toMatchObject({ status: 'succeeded', results: '{"counted":6}' });
    expect(begun).toEqual([{ at: 3 }, { at: 4 }, { at: 5 }]);
  });

  it('given a runner that died, then another takes over when the lease has run out, and what the dead one still says does not count', async () => {
    const id = await start({ to: 4 });
    await ports.store.commit({ writes: [{ op: 'update', table: 'operations', key: { id }, set: { holder: 'dead', edits: 7, status: 'running', state: '{"at":2}' } }] });
    const began = performance.now();
    run({ step: countStep });
    expect(await ended(id)).toMatchObject({ status: 'succeeded', results: '{"counted":4}' });
    expect(performance.now() - began).toBeGreaterThanOrEqual(LEASE_MS);
    expect(await ports.store.commit({ writes: [{ op: 'update', table: 'operations', key: { id }, expect: { holder: 'dead', edits: 7 }, set: { state: '{"at":3}' } }] })).toEqual({ committed: false, failed: 0 });
  });

  it('given a step that is longer than a lease, then nobody takes over', async () => {
    const id = await start({ to: 1 });
    let steps = 0;
    const step = async (operation: Operation): Promise<StepOutcome> => {
      steps += 1;
      const edits = (await find(id)).edits;
      await until(id, (row) => row.edits >= edits + 6);
      return countStep(operation);
    };
    run({ step });
    run({ step });
    await ended(id);
    expect(steps).toBe(1);
  });

  it('given a lease that was lost during a step, then the step is told, and writes nothing', async () => {
    const id = await start({ to: 2 });
    const told = Promise.withResolvers<void>();
    run({
      step: async (operation, signal) => {
        if (signal.aborted || operation.state && (operation.state as { at?: number }).at === 1) return countStep(operation);
        signal.addEventListener('abort', () => told.resolve());
        await ports.store.commit({ writes: [{ op: 'update', table: 'operations', key: { id }, set: { holder: 'other', edits: 100 } }] });
        await told.promise;
        return countStep(operation);
      },
    });
    await told.promise;
    expect(await find(id)).toMatchObject({ holder: 'other', edits: 100, state: '{}' });
  });

  it('given an operation of a type that it does not know, then it leaves it alone', async () => {
    const other = await startOperation(ports.store, { type: 'other', request: {}, createdBy: 'me' });
    const id = await start({ to: 1 });
    run({ step: countStep });
    await ended(id);
    expect(await find(other)).toMatchObject({ status: 'notStarted', edits: 0 });
  });
});
