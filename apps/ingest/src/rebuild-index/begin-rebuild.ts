import { disturbWriters } from '@isocenter/commands';
import { findJournalEnd, JournalGapError, readNewestTagSet, type JournalEnd } from '@isocenter/journal';
import { FEED_LAST, FEED_PUBLISHED, FEED_TAGS, QUERY_TAG_NUMBERS, REBUILD, type MetadataStore, type Write } from '@isocenter/metadata-store';
import type { ObjectStore } from '@isocenter/object-store';
import { OperationFailedError } from '@isocenter/operations';
import { moveState } from './move-state.js';
import type { PhaseStep } from './rebuild-context.js';
import type { RebuildRequest } from './rebuild-progress.js';

/**
 * Finds out what there is to do. Metadata that lack what the journal tells of are brought back from its beginning; from then
 * on nobody writes them until they are. Metadata that lack nothing are made anew, study by study, beside everything else.
 */
export const beginRebuild: PhaseStep = async (_progress, { ports, operation }) => {
  const { store, objects, eventLog } = ports;
  const { task } = operation.request as RebuildRequest;
  // Before the metadata: it only ever tells of what they know.
  const end = await wholeJournal(objects);
  const [rebuild, last] = await Promise.all([store.readCursor(REBUILD), store.readCursor(FEED_LAST)]);
  const brokenOff = rebuild?.detail === 'replaying' || rebuild?.detail === 'restoring' || (rebuild?.detail === 'lost' && rebuild.position > 0);
  const lost = brokenOff || end.last > (last?.position ?? 0);
  if (task !== 'rebuild') {
    if (lost && task === 'undecided') throw new OperationFailedError('Metadata are lost; rebuild them first, then decide on what the journal does not know.');
    return { phase: task };
  }
  if (!lost) return (await moveState(store, operation.id, rebuild, 'deriving')) ? { phase: 'derive' } : undefined;
  if (!brokenOff && last) throw new OperationFailedError(`The metadata are of an older copy: they know the changes up to ${last.position}, the journal those up to ${end.last}. Nothing was changed. Remove what is left of them (the file isocenter.db in DATA_DIR, or the MongoDB database), and rebuild all of it from objects and journal.`);
  const more = brokenOff ? [] : [...(await queryTags(store, objects)), published(end)];
  if (!(await moveState(store, operation.id, rebuild, 'replaying', more))) return undefined;
  // Nothing is back: what is in the log was decided in the store that is lost, or is of a rebuild of that.
  await disturbWriters(store, eventLog, (rebuild?.position ?? 0) === 0);
  return { phase: 'replay', begunAt: Date.now(), journalEnd: end.last };
};

async function wholeJournal(objects: ObjectStore): Promise<JournalEnd> {
  try {
    return await findJournalEnd(objects);
  } catch (error) {
    throw error instanceof JournalGapError ? new OperationFailedError(error.message) : error;
  }
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
