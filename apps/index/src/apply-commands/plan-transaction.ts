import { bringsVersion, decodeDecision, insertDecision, type Command, type Decision } from '@isocenter/commands';
import type { LogBatch } from '@isocenter/event-log';
import type { CursorRow, MetadataStore, QueryTagRow, Write } from '@isocenter/metadata-store';
import { decideCheck } from './decide-check.js';
import { decideDelete } from './decide-delete.js';
import { decideReindex } from './decide-reindex.js';
import { decideRestore } from './decide-restore.js';
import { decideRefresh } from './decide-refresh.js';
import { decideStore, type StoreContext } from './decide-store.js';
import { decideUpdate } from './decide-update.js';
import { removeObjects } from './due-work.js';
import { failCommand } from './fail-command.js';
import { findOrMakePartition } from './find-or-make-partition.js';
import { readNext } from './move-next.js';
import type { OwnedRows } from './owned-rows.js';
import type { Item } from './read-record.js';
import { awaitsRebuild } from './awaits-rebuild.js';
import { WorkingSet } from './working-set.js';

export interface AppliedCommand {
  readonly id: string;
  readonly asker: string | undefined;
  readonly decision: Decision;
}

export interface TransactionPlan {
  /** Index of the item behind the last one of the transaction. */
  readonly to: number;
  readonly decided: readonly AppliedCommand[];
  readonly writes: readonly Write[];
  /** For who keeps them when it is committed. */
  readonly next: CursorRow;
  readonly set: WorkingSet;
}

export interface PlanOptions {
  readonly store: MetadataStore;
  /** Of the batch's log partition. */
  readonly owned: OwnedRows;
  /** How long objects of replaced and deleted versions stay. */
  readonly graceMs: number;
}

/** The content of an item breaks its decision: the item is to fail, and the transaction to be planned anew. */
export class UndecidableError extends Error {
  override readonly name = 'UndecidableError';
  constructor(readonly at: number, override readonly cause: Error) {
    super('A command could not be decided.', { cause });
  }
}

/** Takes commands from `from` on, at most to `upTo`, until one needs what an earlier one of them has yet to commit. Throws UndecidableError. */
export async function planTransaction(batch: LogBatch, items: readonly Item[], from: number, upTo: number, options: PlanOptions): Promise<TransactionPlan> {
  const { store, owned } = options;
  const next = await readNext(batch, store, owned.next);
  const rebuild = await owned.rebuildState(store);
  const tags = await owned.liveTags(store);
  const set = new WorkingSet(store, next.ordinals, owned);
  const known = new Map((owned.assumeNew ? [] : await store.findDecisions(items.slice(from, upTo).map(({ id }) => id))).map(({ commandId, decision }) => [commandId, decodeDecision(decision)]));
  const decided: AppliedCommand[] = [];
  const decisions: Write[] = [];
  let to = from;
  for (; to < upTo; to += 1) {
    const { id, record, command, body, error } = items[to]!;
    const before = known.get(id);
    if (before) {
      // Its asker was told that it never happens, so nobody else removes its object.
      if (before.kind === 'void' && command && bringsVersion(command)) set.writes.push(removeObjects({ ...command, partition: 0 }, 0));
      continue;
    }
    if (error) {
      if (id === '') continue;
      const decision = failCommand(id, command, error, set);
      known.set(id, decision);
      decisions.push(insertDecision(id, decision));
      continue;
    }
    const waits = await awaitsRebuild(command!, rebuild, store);
    const partition = waits || isLate(command!) ? undefined : await findOrMakePartition(command!, store, set);
    if (partition === 'wait') break;
    if (partition !== undefined && set.mustCommitBefore(partition, command!)) break;
    const place = { logPartition: batch.partition, logOffset: record.offset, study: command!.study };
    const { traceparent } = record.headers;
    const decision = waits ? ({ kind: 'rebuilding' } as const) : await decide({ command: command!, body: body! }, { ...options, set, tags, partition: partition ?? 0, place, traceparent }).catch((reason: unknown) => {
      throw isRetriable(reason) ? reason : new UndecidableError(to, reason as Error);
    });
    known.set(id, decision);
    decisions.push(insertDecision(id, decision));
    decided.push(hintOf(command!, decision));
  }
  const end = to < items.length ? items[to]!.record.offset : batch.end;
  const moved = next.move(items[from]!.record.offset, end);
  return { to, decided, writes: [moved.write, ...decisions, ...set.allWrites()], next: moved.row, set };
}

function isRetriable(error: unknown): boolean {
  return (error as { retriable?: boolean }).retriable === true;
}

function isLate({ deadline }: Command): boolean {
  return deadline !== undefined && Date.now() > deadline;
}

/** Of the last chunk, the command that it finishes is waited for. */
function hintOf(command: Command, decision: Decision): AppliedCommand {
  const root = 'chunkOf' in command ? command.chunkOf : undefined;
  return root && decision.kind !== 'deleting' && decision.kind !== 'reindexing' ? { id: `${root.id}/end`, asker: root.asker, decision } : { id: command.id, asker: command.asker, decision };
}

interface DecideContext extends PlanOptions {
  readonly tags: readonly QueryTagRow[];
  readonly set: WorkingSet;
  /** 0: it does not exist. */
  readonly partition: number;
  readonly place: { readonly logPartition: number; readonly logOffset: number; readonly study: string };
  readonly traceparent: string | undefined;
}

async function decide({ command, body }: Required<Pick<Item, 'command' | 'body'>>, { set, tags, partition, place, store, graceMs, owned, traceparent }: DecideContext): Promise<Decision> {
  if (partition === 0) {
    if (bringsVersion(command)) set.writes.push(removeObjects({ ...command, partition }, 0));
    return isLate(command) ? { kind: 'late' } : { kind: 'not-found' };
  }
  const decidedAt = Date.now();
  let count = 0;
  const announce: StoreContext['announce'] = ({ detail, ...change }) => {
    set.writes.push({ op: 'insert', table: 'changes', row: { ...place, place: count++, partition, ...change, decidedAt, detail: JSON.stringify({ ...detail, traceparent }), sequence: null, timestamp: null } });
  };
  const context: StoreContext = { store, set, tags, partition, graceMs, announce, traceparent, assumeNew: owned.assumeNew };
  switch (command.type) {
    case 'store-instance': return decideStore(command, body, context);
    case 'update-instance': return decideUpdate(command, body, context);
    case 'restore-instance': return decideRestore(command, body, context);
    case 'delete-instances': return decideDelete(command, context);
    case 'check-study': return decideCheck(command, context);
    case 'refresh-levels': return decideRefresh(command, context);
    case 'reindex-instances': return decideReindex(command, context);
  }
}
