import type { MetadataStore, OperationRow } from '@isocenter/metadata-store';
import type { Operation } from './operation-handler.js';

/** An operation whose lease this process took. Every write of it holds on the condition that nobody else has written since. */
export class HeldOperation {
  private readonly gone = new AbortController();
  /** One write after the other: each names the one before. */
  private last: Promise<unknown> = Promise.resolve();

  private constructor(private readonly store: MetadataStore, private row: OperationRow) {}

  /** Undefined when another runner was first. */
  static async claim(store: MetadataStore, row: OperationRow, holder: string): Promise<HeldOperation | undefined> {
    const { id, edits } = row;
    const set: Partial<OperationRow> = { holder, edits: edits + 1, status: 'running', lastUpdatedAt: new Date().toISOString() };
    const { committed } = await store.commit({ writes: [{ op: 'update', table: 'operations', key: { id }, expect: { edits, holder: row.holder, status: row.status }, set }], durable: false });
    return committed ? new HeldOperation(store, { ...row, ...set }) : undefined;
  }

  get id(): string {
    return this.row.id;
  }

  /** Aborted when the lease was lost. */
  get lost(): AbortSignal {
    return this.gone.signal;
  }

  get operation(): Operation {
    const { id, partition, request, state, createdBy } = this.row;
    return { id, partition, request: JSON.parse(request), state: JSON.parse(state), createdBy };
  }

  /** False: another runner holds it now, and nothing was written. A write that a power cut takes back is a step that is done twice. */
  save(set: Partial<OperationRow>, durable = false): Promise<boolean> {
    const saved = this.last.then(() => this.write(set, durable));
    this.last = saved.catch(() => undefined);
    return saved;
  }

  private async write(set: Partial<OperationRow>, durable: boolean): Promise<boolean> {
    if (this.gone.signal.aborted) return false;
    const { id, holder, edits } = this.row;
    const changed = { ...set, edits: edits + 1 };
    const { committed } = await this.store.commit({ writes: [{ op: 'update', table: 'operations', key: { id }, expect: { holder, edits }, set: changed }], durable });
    if (committed) this.row = { ...this.row, ...changed };
    else this.gone.abort();
    return committed;
  }
}
