import { disturbWriters } from '@isocenter/commands';
import { findJournalEnd, JournalGapError, readNewestTagSet, type JournalEnd } from '@isocenter/journal';
import { FEED_LAST, FEED_PUBLISHED, FEED_TAGS, QUERY_TAG_NUMBERS, REBUILD, type CursorRow, type MetadataStore, type RebuildState, type Write } from '@isocenter/metadata-store';
import type { ObjectStore } from '@isocenter/object-store';
import { OperationFailedError } from '@isocenter/operations';
import type { PhaseStep } from './rebuild-context.js';
import type { RebuildRequest } from './rebuild-progress.js';

/**
 * Finds out what there is to do. Metadata that lack what the journal tells of are brought back from its beginning; from then
 * on nobody writes them until they are. Metadata that lack nothing are made anew, study by study, beside everything else.
 */
export const beginRebuild: PhaseStep = async (_progress, { ports, operation }) => {
  const { store, objects, eventLog } = ports;
  const { task } = operation.request as RebuildRequest;
  const [rebuild, last] = await Promise.all([store.readCursor(REBUILD), store.readCursor(FEED_LAST)]);
  const brokenOff = rebuild?.detail === 'replaying' || rebuild?.detail === 'restoring' || (rebuild?.detail === 'lost' && rebuild.position > 0);
  const end = await wholeJournal(objects);
  const lost = brokenOff || end.last > (last?.position ?? 0);
  if (task !== 'rebuild') {
    if (lost && task === 'undecided') throw new OperationFailedError('Metadata are lost; rebuild them first, then decide on what the journal does not know.');
    return { phase: task };
  }
  if (!lost) {
    await store.commit({ writes: [stateOf(rebuild, 'deriving')] });
    return { phase: 'derive' };
  }
  if (!brokenOff && last) throw new OperationFailedError(`The metadata are of an older copy: they know the changes up to ${last.position}, the journal those up to ${end.last}. Nothing was changed. Remove what is left of them (the file isocenter.db in DATA_DIR, or the MongoDB database), and rebuild all of it from objects and journal.`);
  if (!brokenOff) await store.commit({ writes: [...(await queryTags(store, objects)), published(end), { op: 'put', table: 'cursors', row: { name: REBUILD, position: 0, detail: 'replaying' satisfies RebuildState } }] });
  else await store.commit({ writes: [stateOf(rebuild, 'replaying')] });
  await disturbWriters(store, eventLog);
  return { phase: 'replay', journalEnd: end.last };
};

async function wholeJournal(objects: ObjectStore): Promise<JournalEnd> {
  try {
    return await findJournalEnd(objects);
  } catch (error) {
    throw error instanceof JournalGapError ? new OperationFailedError(error.message) : error;
  }
}

/** The position stays: what was brought back is. */
export function stateOf(rebuild: CursorRow | undefined, detail: RebuildState): Write {
  return { op: 'put', table: 'cursors', row: { name: REBUILD, position: rebuild?.position ?? 0, detail } };
}

/** What the last segment tells of may not be in the topic yet: it is published again, and readers drop doubles. */
function published({ lastFirst }: JournalEnd): Write {
  return { op: 'put', table: 'cursors', row: { name: FEED_PUBLISHED, position: lastFirst - 1, detail: '' } };
}

/** What is restored from now on has values for all of them, so those that were being added are ready. */
async function queryTags(store: MetadataStore, objects: ObjectStore): Promise<Write[]> {
  const set = await readNewestTagSet(objects);
  if (!set) return [];
  const { tags, given, number } = set;
  const kept = tags.filter(({ status }) => status !== 'deleting');
  return [
    ...kept.map((row): Write => ({ op: 'put', table: 'queryTags', row: { ...row, status: 'ready' } })),
    { op: 'put', table: 'cursors', row: { name: QUERY_TAG_NUMBERS, position: given, detail: '' } },
    { op: 'put', table: 'cursors', row: { name: FEED_TAGS, position: number, detail: '' } },
  ];
}
