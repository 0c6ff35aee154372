import { FEED_JOURNAL, FEED_LAST, REBUILD, type CursorRow, type MetadataStore, type RebuildState } from '@isocenter/metadata-store';
import type { ObjectStore } from '@isocenter/object-store';
import { listSegments } from './read-journal.js';

const DERIVING: RebuildState = 'deriving';

/** The journal tells of changes that the metadata do not have: they are lost, or were brought back from an older copy. */
export class MetadataLostError extends Error {
  override readonly name: string = 'MetadataLostError';
  constructor(last: number, journaled: number) {
    super(`The journal tells of changes up to ${journaled}, and the metadata know them up to ${last}: rows were lost, so that nothing proves an object unneeded, and no change gets a number. No object is removed until they are rebuilt: npx isocenter rebuild-index.`);
  }
}

/** The index is being rebuilt: what is not there may be yet to come. */
export class RebuildRunsError extends MetadataLostError {
  override readonly name = 'RebuildRunsError';
  constructor() {
    super(0, 0);
    this.message = 'The index is being rebuilt: until that is done no object is removed.';
  }
}

/**
 * What is lost: the journal tells of it, and the metadata do not. Undefined: nothing. The segments that belong to rows which
 * were lost lie behind the last one that the rows know, since each begins where the one before it ends.
 */
export async function findLoss(store: MetadataStore, objects: ObjectStore): Promise<MetadataLostError | undefined> {
  // Before the list: the journal only ever tells of what has its number.
  const [journaled, last] = await Promise.all([FEED_JOURNAL, FEED_LAST].map(async (name) => (await store.readCursor(name))?.position ?? 0)) as [number, number];
  for await (const segment of listSegments(objects, journaled + 1)) {
    if (segment.last <= last) continue;
    const now = (await store.readCursor(FEED_LAST))?.position ?? 0;
    if (segment.last > now) return new MetadataLostError(now, segment.last);
  }
  return undefined;
}

/**
 * Throws MetadataLostError when absence from the metadata proves nothing (DESIGN §3.7): nothing may be removed. A rebuild has
 * yet to bring back what it has not; one in place removes nothing either.
 */
export async function requireWholeMetadata(store: MetadataStore, objects: ObjectStore): Promise<void> {
  await requireNothingLost(store, objects);
  if ((await store.readCursor(REBUILD))?.detail === DERIVING) throw new RebuildRunsError();
}

/** The same for numbers and for what the journal is told: a rebuild in place of metadata that lack nothing lets them go on. */
export async function requireNothingLost(store: MetadataStore, objects: ObjectStore): Promise<void> {
  const loss = await findLoss(store, objects);
  if (loss) throw loss;
  if (isBroughtBack(await store.readCursor(REBUILD))) throw new RebuildRunsError();
}

/** Whether changes, or the instances that they are about, are yet to come back. */
export function isBroughtBack(rebuild: CursorRow | undefined): boolean {
  return rebuild !== undefined && rebuild.detail !== '' && rebuild.detail !== DERIVING;
}
