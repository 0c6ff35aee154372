import { type mongo } from 'mongoose';
import { setTimeout as pause } from 'node:timers/promises';
import type { TableName } from '../rows.js';
import type { Outcome, Write } from '../transaction.js';
import type { RowDocument } from './documents.js';
import { compileWrite, groupByTable, isConditional, oneByOne, type Step } from './compile-transaction.js';
import { failedOperation, isDuplicateKey, isOutcomeUnknown, isTransient, wrapError } from './mongo-errors.js';

export interface Committing {
  readonly client: mongo.MongoClient;
  readonly collection: (table: TableName) => mongo.Collection<RowDocument>;
  /** Milliseconds after which what is not known to be committed is reported as unavailable. */
  readonly withinMs: number;
  /** Called with every session before it writes. */
  readonly onSession: (session: mongo.ClientSession) => void;
  /** Called with the moment of the server that the outcome stands on. */
  readonly onMoment: (moment: mongo.Timestamp | undefined) => void;
}

/** Of rivals one waits for the other, not both for each other. */
const FIRST_PAUSE_MS = 2;
const LONGEST_PAUSE_MS = 100;
/** Of a majority that does not answer; then it is asked again. */
const MAJORITY_WAIT_MS = 4_000;

const DURABLE = { w: 'majority', journal: true, wtimeoutMS: MAJORITY_WAIT_MS } as const;

/**
 * Happens whole or not at all. Rejects with TransactionRefusedError for what can never be written, and with
 * MetadataStoreUnavailableError when it is not known to have happened: then it may have, or not.
 */
export async function commitTransaction(writes: readonly Write[], committing: Committing): Promise<Outcome> {
  if (writes.length === 0) return { committed: true };
  try {
    return isAtomicAlone(writes) ? await writeAlone(writes[0]!, committing) : await writeTogether(writes, committing);
  } catch (error) {
    throw wrapError(error);
  }
}

/** One document, and nobody needs to know which session wrote it (see watch-changes.ts). */
function isAtomicAlone(writes: readonly Write[]): boolean {
  return writes.length === 1 && writes[0]!.op !== 'removeAll' && writes[0]!.table !== 'changes';
}

/** A write of one document needs no transaction. The driver repeats it once after a failure of the network, and the server knows it again. */
async function writeAlone(write: Write, { collection, client, onMoment }: Committing): Promise<Outcome> {
  const session = client.startSession();
  try {
    const result = await collection(write.table).bulkWrite([compileWrite(write)], { session, writeConcern: DURABLE });
    return write.op === 'update' && result.matchedCount === 0 ? { committed: false, failed: 0 } : { committed: true };
  } catch (error) {
    if (write.op === 'insert' && isDuplicateKey(error)) return { committed: false, failed: 0 };
    throw error;
  } finally {
    onMoment(session.operationTime);
    await session.endSession();
  }
}

/**
 * Again and again while rivals or the loss of a primary break it off, in one session: there a new transaction ends the one
 * before, also when the server never learned that it was given up, and its locks would stand in the way until it expires.
 */
async function writeTogether(writes: readonly Write[], committing: Committing): Promise<Outcome> {
  const session = committing.client.startSession();
  committing.onSession(session);
  try {
    return await tryTogether(writes, session, committing);
  } finally {
    committing.onMoment(session.operationTime);
    // Also aborts what is not committed; a failure of that is the server's to clean up.
    await session.endSession().catch(() => undefined);
  }
}

async function tryTogether(writes: readonly Write[], session: mongo.ClientSession, committing: Committing): Promise<Outcome> {
  const deadline = performance.now() + committing.withinMs;
  let steps = groupByTable(writes);
  for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(2 * pauseMs, LONGEST_PAUSE_MS)) {
    try {
      session.startTransaction({ readConcern: { level: 'snapshot' }, writeConcern: DURABLE, readPreference: 'primary' });
      const failed = await apply(steps, writes, session, committing);
      if (failed === undefined) {
        await commitUntilKnown(session, deadline);
        return { committed: true };
      }
      await session.abortTransaction();
      if (failed !== 'one of them') return { committed: false, failed };
      steps = oneByOne(writes);
    } catch (error) {
      if (!isTransient(error) || performance.now() > deadline) throw error;
      if (session.inTransaction()) await session.abortTransaction();
      await pause(pauseMs * (0.5 + Math.random()));
    }
  }
}

/** Rejects when the result is still not known at the deadline, or when the transaction is known not to have happened. */
async function commitUntilKnown(session: mongo.ClientSession, deadline: number): Promise<void> {
  for (;;) {
    try {
      return await session.commitTransaction();
    } catch (error) {
      if (!isOutcomeUnknown(error) || performance.now() > deadline) throw error;
      await pause(LONGEST_PAUSE_MS);
    }
  }
}

/** Undefined when every condition holds; else the index of the first write whose condition does not, if that is known. */
async function apply(steps: readonly Step[], writes: readonly Write[], session: mongo.ClientSession, { collection }: Committing): Promise<number | 'one of them' | undefined> {
  const passed = new Set<number>();
  for (const step of steps) {
    const failed = await applyStep(step, writes, session, collection(step.table));
    if (failed === 'one of them') return failed;
    if (failed !== undefined) {
      const isFirst = writes.every((write, index) => index >= failed || passed.has(index) || !isConditional(write) || (step.writes.includes(index) && write.op === 'insert'));
      return isFirst ? failed : 'one of them';
    }
    for (const index of step.writes) passed.add(index);
  }
  return undefined;
}

async function applyStep({ operations, writes: indexes, touched }: Step, writes: readonly Write[], session: mongo.ClientSession, collection: mongo.Collection<RowDocument>): Promise<number | 'one of them' | undefined> {
  try {
    const result = await collection.bulkWrite(operations, { session, ordered: true });
    if (result.matchedCount + result.upsertedCount === touched) return undefined;
    const updates = indexes.filter((index) => writes[index]!.op === 'update');
    return updates.length === 1 ? updates[0]! : 'one of them';
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    const failed = indexes[failedOperation(error)]!;
    if (writes[failed]!.op !== 'insert') throw error;
    return failed;
  }
}
