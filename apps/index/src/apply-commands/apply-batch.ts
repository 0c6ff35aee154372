import type { LogBatch, StoredRecord } from '@isocenter/event-log';
import { TransactionRefusedError, type Outcome } from '@isocenter/metadata-store';
import { inSpans } from '@isocenter/telemetry';
import { tagSetOf } from './move-next.js';
import { planTransaction, UndecidableError, type AppliedCommand, type PlanOptions, type TransactionPlan } from './plan-transaction.js';
import { readRecord, type Item } from './read-record.js';

/** A batch began elsewhere than at the stored `next`: another owner applied it, or this one did before an unknown commit. */
export class BatchElsewhereError extends Error {
  override readonly name = 'BatchElsewhereError';
  constructor(topic: string, partition: number, first: number) {
    super(`The batch of ${topic}/${partition} at offset ${first} was applied already; reading the position again.`);
  }
}

export interface DeadLetter {
  readonly record: StoredRecord;
  readonly error: Error;
}

export interface Applied {
  readonly decided: readonly AppliedCommand[];
  readonly deadLetters: readonly DeadLetter[];
  /** Commands that follow are due. */
  readonly followUps: boolean;
}

export interface ApplyOptions extends PlanOptions {
  /** Called before the transaction that passes them over; a letter may come again when that does not commit. */
  readonly keepDeadLetters: (letters: readonly DeadLetter[]) => Promise<void>;
}

/** Times that a transaction is decided anew because a void was inserted meanwhile. */
const ATTEMPTS = 5;

/**
 * Applies a batch in as few transactions as possible, in order. Each moves the partition's `next` from its first offset
 * to its end, so that it happens once (I4), and decides every command that has no decision yet.
 */
export async function applyBatch(batch: LogBatch, options: ApplyOptions): Promise<Applied> {
  const applying = new ApplyingBatch(batch, options);
  const decided: AppliedCommand[] = [];
  let followUps = false;
  let from = 0;
  while (from < batch.records.length) {
    const step = await applying.applyFrom(from);
    decided.push(...step.decided);
    followUps ||= step.writes.some((write) => write.op === 'put' && write.table === 'due');
    from = step.to;
  }
  return { decided, deadLetters: applying.deadLetters, followUps };
}

class ApplyingBatch {
  readonly deadLetters: DeadLetter[] = [];
  private readonly items: Item[];

  constructor(private readonly batch: LogBatch, private readonly options: ApplyOptions) {
    this.items = batch.records.map(readRecord);
  }

  /** Commits one transaction that begins at the item. Rejects with BatchElsewhereError, or with what makes the store fail. */
  async applyFrom(from: number): Promise<TransactionPlan> {
    const { topic, partition } = this.batch;
    let upTo = this.items.length;
    for (let attempt = 1; attempt <= ATTEMPTS;) {
      const plan = await this.plan(from, upTo);
      await this.keepDeadLetters(from, plan.to);
      const outcome = await this.commit(plan, from);
      if (outcome === 'refused' || !outcome.committed) this.options.owned.forget();
      if (outcome === 'refused') {
        // By its content, so one by one: then it is this one.
        if (plan.to === from + 1) this.fail(from, new TransactionRefusedError('a row of the command'));
        upTo = from + 1;
        continue;
      }
      if (outcome.committed) {
        this.options.owned.keep(plan.next, plan.set);
        return plan;
      }
      if (outcome.failed === 0 && !(await this.hasOtherTags(plan, from))) throw new BatchElsewhereError(topic, partition, this.items[from]!.record.offset);
      attempt += 1;
    }
    throw new Error(`A batch of ${topic}/${partition} could not be committed ${ATTEMPTS} times.`);
  }

  /** Whether `next` stands at the item, and only the set of extended query tags was moved. */
  private async hasOtherTags({ next }: TransactionPlan, from: number): Promise<boolean> {
    const row = await this.options.store.readCursor(next.name);
    return row?.position === this.items[from]!.record.offset && tagSetOf(row) !== tagSetOf(next);
  }

  private async plan(from: number, upTo: number): Promise<TransactionPlan> {
    for (;;) {
      try {
        return await planTransaction(this.batch, this.items, from, upTo, this.options);
      } catch (error) {
        if (!(error instanceof UndecidableError)) throw error;
        this.fail(error.at, error.cause);
      }
    }
  }

  private async commit({ writes, to }: TransactionPlan, from: number): Promise<Outcome | 'refused'> {
    const traces = this.items.slice(from, to).map(({ record }) => record.headers.traceparent);
    try {
      return await inSpans('commit', traces, () => this.options.store.commit({ writes }), ({ committed }) => ({ 'db.operation.name': 'commit', 'db.operation.batch.size': writes.length, 'isocenter.committed': committed }));
    } catch (error) {
      // Whether it is committed may not be known.
      this.options.owned.forget();
      if (error instanceof TransactionRefusedError) return 'refused';
      throw error;
    }
  }

  /** The item becomes a dead letter; a second failure is no longer its content's. */
  private fail(at: number, error: Error): void {
    const item = this.items[at]!;
    if (item.error) throw error;
    this.items[at] = { ...item, error };
  }

  private async keepDeadLetters(from: number, to: number): Promise<void> {
    const letters = this.items.slice(from, to).flatMap(({ record, error }) => (error && !this.deadLetters.some((letter) => letter.record === record) ? [{ record, error }] : []));
    if (letters.length === 0) return;
    await this.options.keepDeadLetters(letters);
    this.deadLetters.push(...letters);
  }
}
