import type { EventLog } from '@isocenter/event-log';
import type { MetadataStore, Write } from '@isocenter/metadata-store';
import type { Operation, OperationHandler, StepOutcome } from '@isocenter/operations';
import { announceTagSet } from '../query-tags/tag-set.js';

export interface DeleteTagRequest {
  readonly path: string;
  readonly key: number;
}

/** Rows that one transaction removes at most. */
const AT_ONCE = 500;

/**
 * Removes what was kept for a tag, and last the tag. First every writer learns that it is not to take values for it any
 * more: from then on nobody else touches these rows.
 */
export class DeleteTag implements OperationHandler {
  readonly type = 'delete-query-tag';

  constructor(private readonly store: MetadataStore, private readonly eventLog: EventLog) {}

  async step({ request, state }: Operation): Promise<StepOutcome> {
    const { path, key } = request as DeleteTagRequest;
    if (!(state as { announced?: true }).announced) {
      await announceTagSet(this.store, this.eventLog);
      return { state: { announced: true } };
    }
    const began = performance.now();
    const writes = await this.removals(key);
    if (writes.length > 0) {
      await this.store.commit({ writes, durable: false });
      return { waitMs: performance.now() - began };
    }
    // A tag that was added under the same path meanwhile has another key, and stays.
    await this.store.commit({ writes: [{ op: 'update', table: 'queryTags', key: { path }, expect: { key, status: 'deleting' }, set: { operation: null } }, { op: 'remove', table: 'queryTags', key: { path } }] });
    return { done: true };
  }

  private async removals(tag: number): Promise<Write[]> {
    const values = await this.store.listTagValues(tag, AT_ONCE);
    if (values.length > 0) return values.map(({ partition, study, series, sop, tag: key, value }): Write => ({ op: 'remove', table: 'tagValues', key: { partition, study, series, sop, tag: key, value } }));
    return (await this.store.listTagErrors(tag, 0, AT_ONCE)).map(({ partition, study, series, sop }): Write => ({ op: 'remove', table: 'tagErrors', key: { partition, study, series, sop, tag } }));
  }
}
