import { decodeCommand, UnreadableCommandError, type Command, type Decision, type StoreInstanceBody } from '@isocenter/commands';
import type { LogBatch, StoredRecord } from '@isocenter/event-log';
import type { MetadataStore, Write } from '@isocenter/metadata-store';
import { decideDelete } from './decide-delete.js';
import { decideStore, type StoreContext } from './decide-store.js';
import { removeObjects } from './due-work.js';
import { findOrMakePartition } from './find-or-make-partition.js';
import { insertDecision } from './insert-decision.js';
import { WorkingSet } from './working-set.js';

/** A batch began elsewhere than at the stored `next`: another owner applied it, or this one did before an unknown commit. */
export class BatchElsewhereError extends Error {
  override readonly name = 'BatchElsewhereError';
  constructor(topic: string, partition: number, first: number) {
    super(`The batch of ${topic}/${partition} at offset ${first} was applied already; reading the position again.`);
  }
}

export interface AppliedCommand {
  readonly id: string;
  readonly asker: string | undefined;
  readonly decision: Decision;
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

export interface ApplyOptions {
  readonly store: MetadataStore;
  /** How long objects of replaced and deleted versions stay. */
  readonly graceMs: number;
}

/** Times that a transaction is decided anew because a void was inserted meanwhile. */
const ATTEMPTS = 5;

export function cursorName(topic: string, partition: number): string {
  return `${topic}/${partition}`;
}

interface Item {
  readonly record: StoredRecord;
  readonly command?: Command;
  readonly body?: StoreInstanceBody;
  readonly error?: Error;
}

/**
 * Applies a batch in as few transactions as possible, in order. Each moves the partition's `next` from its first offset
 * to its end, so that it happens once (I4), and decides every command that has no decision yet.
 */
export async function applyBatch(batch: LogBatch, options: ApplyOptions): Promise<Applied> {
  const items = batch.records.map(readRecord);
  const decided: AppliedCommand[] = [];
  let followUps = false;
  let from = 0;
  while (from < items.length) {
    const step = await applyFrom(batch, items, from, options);
    decided.push(...step.decided);
    followUps ||= step.writes.some(({ op, table }) => op === 'put' && table === 'due');
    from = step.to;
  }
  return { decided, deadLetters: items.flatMap(({ record, error }) => (error ? [{ record, error }] : [])), followUps };
}

function idOf({ record, command }: Item): string {
  return command?.id ?? record.headers.ce_id ?? '';
}

function readRecord(record: StoredRecord): Item {
  try {
    return { record, ...decodeCommand(record.value) };
  } catch (error) {
    if (error instanceof UnreadableCommandError) return { record, error };
    throw error;
  }
}

async function applyFrom(batch: LogBatch, items: readonly Item[], from: number, options: ApplyOptions): Promise<{ to: number; decided: AppliedCommand[]; writes: readonly Write[] }> {
  for (let attempt = 1; ; attempt += 1) {
    const plan = await planTransaction(batch, items, from, options);
    const outcome = await options.store.commit({ writes: plan.writes });
    if (outcome.committed) return plan;
    if (outcome.failed === 0) throw new BatchElsewhereError(batch.topic, batch.partition, items[from]!.record.offset);
    if (attempt === ATTEMPTS) throw new Error(`A batch of ${batch.topic}/${batch.partition} could not be committed ${ATTEMPTS} times: write ${outcome.failed} (${plan.writes[outcome.failed]?.table}) did not hold.`);
  }
}

/** Takes commands from `from` on until one needs what an earlier one of them has yet to commit. */
async function planTransaction(batch: LogBatch, items: readonly Item[], from: number, options: ApplyOptions): Promise<{ to: number; decided: AppliedCommand[]; writes: Write[] }> {
  const { store } = options;
  const set = new WorkingSet(store);
  const known = new Map((await store.findDecisions(items.slice(from).map(idOf))).map(({ commandId, decision }) => [commandId, decision]));
  const decided: AppliedCommand[] = [];
  const decisions: Write[] = [];
  const seen = new Set<string>();
  let to = from;
  for (; to < items.length; to += 1) {
    const { record, command, body, error } = items[to]!;
    const id = idOf(items[to]!);
    if (id === '' || known.has(id) || seen.has(id)) continue;
    if (!command) {
      seen.add(id);
      decisions.push(insertDecision(id, { kind: 'failed', text: error!.message }));
      continue;
    }
    const partition = await findOrMakePartition(command, store, set);
    if (partition === 'wait') break;
    if (partition !== undefined && set.hasTouched(partition, command.study) && needsCommitted(command)) break;
    seen.add(id);
    const decision = await decide(command, body!, { ...options, set, partition: partition ?? 0, place: { logPartition: batch.partition, logOffset: record.offset, study: command.study } });
    const root = command.type === 'delete-instances' ? command.chunkOf : undefined;
    decisions.push(insertDecision(id, decision));
    decided.push(root ? { id: `${root.id}/end`, asker: root.asker, decision } : { id, asker: command.asker, decision });
  }
  const end = to < items.length ? items[to]!.record.offset : batch.end;
  return { to, decided, writes: [await moveNext(batch, items[from]!.record.offset, end, store), ...decisions, ...set.allWrites()] };
}

/** Deletes and replacements look at what the store holds of the study. */
function needsCommitted(command: Command): boolean {
  return command.type === 'delete-instances' || command.mode === 'replace';
}

async function decide(command: Command, body: StoreInstanceBody, context: ApplyOptions & { set: WorkingSet; partition: number; place: { logPartition: number; logOffset: number; study: string } }): Promise<Decision> {
  const { set, partition, place, store, graceMs } = context;
  const now = Date.now();
  if (command.deadline !== undefined && now > command.deadline) {
    if (command.type === 'store-instance') set.writes.push(removeObjects({ ...command, partition }, 0));
    return { kind: 'late' };
  }
  let count = 0;
  const announce: StoreContext['announce'] = ({ detail, ...change }) => {
    set.writes.push({ op: 'insert', table: 'changes', row: { ...place, place: count++, partition, ...change, decidedAt: now, detail: JSON.stringify(detail), sequence: null, timestamp: null } });
  };
  const stored: StoreContext = { store, set, partition, graceMs, announce };
  if (command.type === 'store-instance') return decideStore(command, body, stored);
  return partition === 0 ? { kind: 'not-found' } : decideDelete(command, stored);
}

/** The condition of the transaction: nobody moved `next` since. Always its first write. */
async function moveNext({ topic, partition }: LogBatch, first: number, end: number, store: MetadataStore): Promise<Write> {
  const name = cursorName(topic, partition);
  const isFirst = first === 0 && !(await store.readCursor(name));
  if (isFirst) return { op: 'insert', table: 'cursors', row: { name, position: end, detail: '' } };
  return { op: 'update', table: 'cursors', key: { name }, expect: { position: first }, set: { position: end } };
}
