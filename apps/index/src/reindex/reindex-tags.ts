import type { Decision, ReindexInstances } from '@isocenter/commands';
import type { EventLog } from '@isocenter/event-log';
import type { MetadataStore, PartitionRow, QueryTagRow, StudyRow } from '@isocenter/metadata-store';
import { OperationFailedError, type Operation, type OperationHandler, type StepOutcome } from '@isocenter/operations';
import { announceTagSet } from '../query-tags/tag-set.js';
import type { DerivedCommands } from './derived-commands.js';

export interface ReindexRequest {
  /** Keys of the tags. */
  readonly tags: readonly number[];
}

/** Where the next step goes on. */
interface ReindexState {
  /** Set when every writer takes values for the tags: microseconds since 1970, as ordinals are. */
  readonly announcedAt?: number;
  /** Key of the partition at hand, and its place among those that there were. */
  readonly partition?: number;
  readonly place?: number;
  /** Of the partition's studies the first one, and the last one that is done. */
  readonly firstOrdinal?: number;
  readonly afterOrdinal?: number;
  readonly instances?: number;
  readonly errors?: number;
}

/** Studies that are looked at in one step, until they have so many instances. */
const STUDIES = 32;
const INSTANCES = 64;
/** A step is followed by a rest of so many times its length: what else the archive does comes first. */
const REST = 2;

/**
 * Takes the values of new tags from what was stored before they were added. First every writer learns of the tags, so that
 * what is stored from then on has its values at once; then each study is gone through by a command of its own, in the order
 * of their first store, which also finds those that came meanwhile.
 */
export class ReindexTags implements OperationHandler {
  readonly type = 'reindex';

  constructor(private readonly store: MetadataStore, private readonly eventLog: EventLog, private readonly commands: DerivedCommands) {}

  async step(operation: Operation, signal: AbortSignal): Promise<StepOutcome> {
    const state = operation.state as ReindexState;
    const tags = await this.tagsOf(operation);
    // All of them were deleted meanwhile.
    if (tags.length === 0) return { done: true };
    if (state.announcedAt === undefined) {
      await announceTagSet(this.store, this.eventLog);
      return { state: { announcedAt: Date.now() * 1_000 } satisfies ReindexState };
    }
    const partitions = await this.store.listPartitions((state.partition ?? 1) - 1);
    const [partition] = partitions;
    const studies = partition ? fewOf(await this.store.listStudies(partition.key, state.afterOrdinal ?? -1, STUDIES)) : [];
    if (studies.length > 0) return this.reindexStudies(operation, state, partition!, partitions.length, studies, tags, signal);
    const next = partitions[1];
    const { announcedAt, instances, errors } = state;
    if (next) return { state: { announcedAt, instances, errors, partition: next.key, place: (state.place ?? 0) + 1 } satisfies ReindexState };
    await this.makeReady(operation, tags);
    return { results: resultsOf(state), done: true };
  }

  async end(operation: Operation): Promise<void> {
    for (const { path, key } of await this.tagsOf(operation)) await this.store.commit({ writes: [{ op: 'update', table: 'queryTags', key: { path }, expect: { key }, set: { operation: null } }] });
  }

  private async tagsOf({ request }: Operation): Promise<QueryTagRow[]> {
    const { tags } = request as ReindexRequest;
    return (await this.store.listQueryTags()).filter(({ key, status }) => tags.includes(key) && status === 'adding');
  }

  private async reindexStudies(operation: Operation, state: ReindexState, partition: PartitionRow, left: number, studies: readonly StudyRow[], tags: readonly QueryTagRow[], signal: AbortSignal): Promise<StepOutcome> {
    const began = performance.now();
    const decisions = await this.commands.carryOut(studies.map(({ study }): ReindexInstances => ({
      type: 'reindex-instances', id: `${operation.id}/${partition.key}/${study}`, partition: partition.name, study, tags: tags.map(({ key }) => key), afterOrdinal: -1,
    })), signal);
    const sums = decisions.map(sumOf);
    const errors = sums.reduce((sum, one) => sum + one.errors, 0);
    if (errors > 0) await this.disableThoseWithErrors(tags);
    const moved: ReindexState = {
      ...state, partition: partition.key, firstOrdinal: state.firstOrdinal ?? studies[0]!.ordinal, afterOrdinal: studies.at(-1)!.ordinal,
      instances: (state.instances ?? 0) + sums.reduce((sum, one) => sum + one.count, 0), errors: (state.errors ?? 0) + errors,
    };
    return { state: moved, percent: percentOf(moved, left), results: resultsOf(moved), waitMs: REST * (performance.now() - began) };
  }

  /** Nobody is to take an answer for complete that may not be. */
  private async disableThoseWithErrors(tags: readonly QueryTagRow[]): Promise<void> {
    const counts = await this.store.countTagErrors();
    for (const { path, key } of tags.filter((tag) => counts.has(tag.key) && tag.queryStatus === 'enabled')) {
      await this.store.commit({ writes: [{ op: 'update', table: 'queryTags', key: { path }, expect: { key }, set: { queryStatus: 'disabled' } }] });
    }
  }

  /** One that is being deleted stays so. */
  private async makeReady({ id }: Operation, tags: readonly QueryTagRow[]): Promise<void> {
    for (const { path, key } of tags) {
      await this.store.commit({ writes: [{ op: 'update', table: 'queryTags', key: { path }, expect: { key, operation: id, status: 'adding' }, set: { status: 'ready', operation: null } }] });
    }
  }
}

function fewOf(studies: readonly StudyRow[]): StudyRow[] {
  let instances = 0;
  const end = studies.findIndex(({ instanceCount }) => (instances += instanceCount) >= INSTANCES);
  return studies.slice(0, end < 0 ? studies.length : end + 1);
}

function sumOf(decision: Decision): { readonly count: number; readonly errors: number } {
  if (decision.kind === 'reindexed') return decision;
  // Gone with its partition's or its own last instance.
  if (decision.kind === 'not-found') return { count: 0, errors: 0 };
  throw new OperationFailedError(`A study could not be gone through: its command was decided as '${decision.kind}'.`);
}

function resultsOf({ instances = 0, errors = 0 }: ReindexState): object {
  return { instanceProcessed: instances, errorCount: errors };
}

/** By the time at which studies were stored first: nobody counts them. `left` partitions are not done. */
function percentOf({ announcedAt = 0, firstOrdinal = 0, afterOrdinal = 0, place = 0 }: ReindexState, left: number): number {
  const fraction = Math.min(1, Math.max(0, (afterOrdinal - firstOrdinal) / Math.max(1, announcedAt - firstOrdinal)));
  return Math.min(99, (100 * (place + fraction)) / (place + left));
}
