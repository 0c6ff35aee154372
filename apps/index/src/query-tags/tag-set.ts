import { TOPICS, type EventLog } from '@isocenter/event-log';
import { moveCursor, QUERY_TAG_NUMBERS, type MetadataStore, type Write } from '@isocenter/metadata-store';
import { moveTagSet } from './move-tag-set.js';

/** The last number that was given, and the write that gives the next ones unless somebody else was faster. */
export async function nextNumbers(store: MetadataStore, count: number): Promise<{ last: number; write: Write }> {
  const row = await store.readCursor(QUERY_TAG_NUMBERS);
  const last = row?.position ?? 0;
  return { last, write: moveCursor(QUERY_TAG_NUMBERS, row, last + count) };
}

/** From then on every transaction of the writers knows the tags that there are now. */
export async function announceTagSet(store: MetadataStore, eventLog: EventLog): Promise<void> {
  const number = (await store.readCursor(QUERY_TAG_NUMBERS))?.position ?? 0;
  const { instanceCommands } = TOPICS;
  for (let partition = 0; partition < eventLog.partitionCount(instanceCommands); partition += 1) await moveTagSet(store, instanceCommands.name, partition, number);
}
