import { REBUILD, type CursorRow, type MetadataStore, type QueryTagRow, type RebuildState, type SeriesRow, type StudyRow } from '@isocenter/metadata-store';
import type { WorkingSet } from './working-set.js';

const MOST_STUDIES = 64;
const MOST_SERIES = 256;
/** Batches that look before they write, after one that met something unexpected. */
const CAUTIOUS_BATCHES = 32;

/**
 * What the last transaction of a log partition left behind, so that the next one need not read it. Only the partition's
 * owner writes these rows (I3), and every transaction moves `next` on the condition that it stands where it was left: had
 * somebody else been the owner meanwhile, that would fail, and everything is read anew.
 */
export class OwnedRows {
  next: CursorRow | undefined;
  readonly studies = new Map<string, StudyRow>();
  readonly series = new Map<string, SeriesRow>();
  private cautious = 0;
  private tags: readonly QueryTagRow[] = [];
  private rebuild: RebuildState = '';

  /** Commands are taken for new and instances for absent, without a look: the conditions of the inserts tell when they are not. */
  get assumeNew(): boolean {
    return this.cautious === 0;
  }

  /**
   * Extended query tags that are not being deleted. Asked for after `next` was read: who adds or deletes one moves the
   * detail of `next` afterwards, so no transaction commits with an older set.
   */
  async liveTags(store: MetadataStore): Promise<readonly QueryTagRow[]> {
    if (!this.next || this.rebuild !== '') this.tags = (await store.listQueryTags()).filter(({ status }) => status !== 'deleting');
    return this.tags;
  }

  /** Whether a rebuild runs. Asked for after `next` was read: who begins one moves the detail of `next` afterwards. While one runs it is read for each transaction. */
  async rebuildState(store: MetadataStore): Promise<RebuildState> {
    if (!this.next || this.rebuild !== '') this.rebuild = ((await store.readCursor(REBUILD))?.detail ?? '') as RebuildState;
    return this.rebuild;
  }

  /** After a commit. */
  keep(next: CursorRow, set: WorkingSet): void {
    if (this.cautious > 0) this.cautious -= 1;
    this.next = next;
    keepRows(this.studies, set.studyRows(), MOST_STUDIES);
    keepRows(this.series, set.seriesRows(), MOST_SERIES);
  }

  /** After anything but a commit: what is stored is not known any more. */
  forget(): void {
    this.cautious = CAUTIOUS_BATCHES;
    this.next = undefined;
    this.studies.clear();
    this.series.clear();
  }
}

/** The most recently used are kept. */
function keepRows<Row>(kept: Map<string, Row>, rows: Iterable<readonly [string, Row | undefined]>, most: number): void {
  for (const [key, row] of rows) {
    kept.delete(key);
    if (row) kept.set(key, row);
  }
  for (const oldest of kept.keys()) {
    if (kept.size <= most) return;
    kept.delete(oldest);
  }
}
