import { BackgroundWork } from '@isocenter/background';
import type { MetadataStore, OperationRow } from '@isocenter/metadata-store';
import type { Logger } from '@isocenter/telemetry';
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { backOff } from './back-off.js';
import { HeldOperation } from './held-operation.js';
import { OperationFailedError } from './operation-failed-error.js';
import type { OperationHandler, StepOutcome } from './operation-handler.js';

export interface OperationRunnerOptions {
  readonly store: MetadataStore;
  /** One for each type that this process carries out. */
  readonly handlers: readonly OperationHandler[];
  readonly log: Pick<Logger, 'info' | 'warn' | 'error'>;
  /** How long a runner that says nothing keeps an operation; 5 s when absent. */
  readonly leaseMs?: number;
}

const LEASE_MS = 5_000;
const LOOK_AGAIN_MS = 1_000;
/** Operations that one process carries out at the same time. */
const LANES = 4;

/**
 * Carries out operations, step by step, each by one process: who holds the lease writes the row. No clock is compared with
 * another's: an operation is taken over when its row was not seen to change for as long as a lease lasts. What a killed
 * process left is so gone on with behind its last step that was saved.
 */
export class OperationRunner {
  private readonly me = randomUUID();
  private readonly work: BackgroundWork;
  private readonly handlers: ReadonlyMap<string, OperationHandler>;
  private readonly leaseMs: number;
  private readonly stopping = new AbortController();
  private readonly lanes = new Map<string, Promise<void>>();
  /** Of operations that others hold: what was seen when. */
  private seen = new Map<string, { readonly edits: number; readonly at: number }>();

  constructor(private readonly options: OperationRunnerOptions) {
    this.handlers = new Map(options.handlers.map((handler) => [handler.type, handler]));
    this.leaseMs = options.leaseMs ?? LEASE_MS;
    this.work = new BackgroundWork({
      step: () => this.openLanes(), everyMs: Math.min(LOOK_AGAIN_MS, this.leaseMs / 2),
      onError: (err) => options.log.warn({ err }, 'operations could not be looked at; tried again soon'),
    });
  }

  start(): void {
    this.work.start();
  }

  /** Nest calls it on a provider when its application has started. */
  onApplicationBootstrap(): void {
    this.start();
  }

  /** Nest calls it on a provider when its application ends. */
  async onApplicationShutdown(): Promise<void> {
    await this.stop();
  }

  /** An operation may have been started. */
  wake(): void {
    this.work.wake();
  }

  /** Steps in hand end; another runner goes on at once. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.work.stop();
    await Promise.all(this.lanes.values());
  }

  private async openLanes(): Promise<boolean> {
    const rows = await this.options.store.listOpenOperations([...this.handlers.keys()]);
    this.look(rows);
    for (const row of rows) {
      if (this.lanes.size >= LANES || this.stopping.signal.aborted) break;
      if (this.lanes.has(row.id) || !this.isFree(row)) continue;
      const held = await HeldOperation.claim(this.options.store, row, this.me);
      if (held) this.lanes.set(row.id, this.carryOut(held, this.handlers.get(row.type)!).finally(() => this.leave(row.id)));
    }
    return false;
  }

  private leave(id: string): void {
    this.lanes.delete(id);
    if (!this.stopping.signal.aborted) this.work.wake();
  }

  private look(rows: readonly OperationRow[]): void {
    const at = performance.now();
    this.seen = new Map(rows.map(({ id, edits }) => {
      const before = this.seen.get(id);
      return [id, before?.edits === edits ? before : { edits, at }];
    }));
  }

  /** Nobody's, one's own whose lane broke off, or of one who has said nothing for the time of a lease. */
  private isFree({ id, holder }: OperationRow): boolean {
    return holder === '' || holder === this.me || performance.now() - this.seen.get(id)!.at >= this.leaseMs;
  }

  private async carryOut(held: HeldOperation, handler: OperationHandler): Promise<void> {
    const renewal = setInterval(() => void held.save({}).catch(() => undefined), this.leaseMs / 3);
    const signal = AbortSignal.any([this.stopping.signal, held.lost]);
    try {
      for (let failures = 0; !signal.aborted;) {
        try {
          if (await this.takeStep(held, handler, signal)) return;
          failures = 0;
        } catch (error) {
          if (signal.aborted) break;
          if (!isRetriable(error)) return await this.fail(held, handler, error as Error);
          failures += 1;
          this.options.log.warn({ err: error, operation: held.id, type: handler.type }, 'a step of an operation could not be taken; tried again soon');
          await rest(backOff(failures), signal);
        }
      }
      await held.save({ holder: '' });
    } catch (err) {
      this.options.log.warn({ err, operation: held.id, type: handler.type }, 'an operation could not be gone on with; tried again soon');
    } finally {
      clearInterval(renewal);
    }
  }

  /** True when the operation has ended, or is another's. */
  private async takeStep(held: HeldOperation, handler: OperationHandler, signal: AbortSignal): Promise<boolean> {
    const row = await this.options.store.findOperation(held.id);
    if (row?.cancelAsked === 1) {
      await handler.end?.(held.operation, 'canceled');
      await this.end(held, handler, { status: 'canceled' });
      return true;
    }
    const outcome = await handler.step(held.operation, signal);
    const set = columnsOf(outcome);
    if (outcome.done) {
      await this.end(held, handler, { ...set, percentComplete: 100, ...(outcome.failed === undefined ? { status: 'succeeded' } : { status: 'failed', error: outcome.failed }) });
      return true;
    }
    if (!(await held.save(set))) return true;
    if (outcome.waitMs) await rest(outcome.waitMs, signal);
    return false;
  }

  private async fail(held: HeldOperation, handler: OperationHandler, error: Error): Promise<void> {
    this.options.log.error({ err: error, operation: held.id, type: handler.type }, 'an operation failed');
    await handler.end?.(held.operation, 'failed');
    // What is not said to be for clients may hold anything.
    await this.end(held, handler, { status: 'failed', error: error instanceof OperationFailedError ? error.message : `A step could not be carried out (${error.name}); the log of the server says why.` });
  }

  /** What was asked is not kept: a change set is patient data, and nobody needs it any more. */
  private async end(held: HeldOperation, { type }: OperationHandler, set: Partial<OperationRow>): Promise<void> {
    if (await held.save({ ...set, request: '{}', holder: '', lastUpdatedAt: new Date().toISOString() }, true)) this.options.log.info({ operation: held.id, type, status: set.status }, 'an operation has ended');
  }
}

function columnsOf({ state, percent, results }: StepOutcome): Partial<OperationRow> {
  return {
    lastUpdatedAt: new Date().toISOString(),
    ...(state !== undefined && { state: JSON.stringify(state) }),
    ...(percent !== undefined && { percentComplete: Math.max(0, Math.min(100, Math.floor(percent))) }),
    ...(results !== undefined && { results: JSON.stringify(results) }),
  };
}

function isRetriable(error: unknown): boolean {
  return (error as { retriable?: boolean }).retriable === true;
}

/** Ends early, without an error, when the signal is aborted. */
async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await pause(ms, undefined, { signal }).catch(() => undefined);
}
