import { TOPICS, type EventLog, type LogRecord } from '@isocenter/event-log';
import { FEED_LAST, FEED_PUBLISHED, moveCursor, type CursorRow, type MetadataStore, type NumberedChange } from '@isocenter/metadata-store';
import type { ObjectStore } from '@isocenter/object-store';
import { changeEvent, detailOf } from '../change-event/change-event.js';
import { binaryHeaders, type CloudEvent } from '../change-event/cloud-event.js';
import { readMetadata } from '../change-event/embed-metadata.js';
import type { Lease } from '../hold-lease/lease.js';

/** One append holds so many changes and bytes: all may go to one partition, whose batch brokers limit to 1 MiB. */
const AT_ONCE = 400;
const AT_ONCE_BYTES = 384 * 1024;

export interface PublishPorts {
  readonly store: MetadataStore;
  readonly objects: ObjectStore;
  readonly eventLog: EventLog;
}

export interface PublishOptions {
  /** Name of this archive in events. */
  readonly serviceHostName: string;
  /** Whether events carry the DICOM JSON of their instance, which is patient data. */
  readonly metadataInEvents: boolean;
}

export interface Published {
  readonly count: number;
  readonly more: boolean;
}

const NOTHING: Published = { count: 0, more: false };

/**
 * Appends the next changes, then moves the cursor: at least once. Changes are appended in the order of their sequences, from
 * one behind what the topic has: so in each topic partition a record is the next one of that partition or a double, however
 * many replicas append and whichever of them was paused in between.
 */
export async function publishChanges(ports: PublishPorts, options: PublishOptions, lease: Lease): Promise<Published> {
  const [cursor, last] = await Promise.all([ports.store.readCursor(FEED_PUBLISHED), ports.store.readCursor(FEED_LAST)]);
  const after = cursor?.position ?? 0;
  if ((last?.position ?? 0) <= after || !(await lease.hold())) return NOTHING;
  const changes = await nextChanges(ports.store, after);
  const records = await recordsOf(changes, ports, options);
  if (records.length === 0 || !lease.held) return NOTHING;
  await ports.eventLog.append(TOPICS.changeFeed, records);
  await movePublished(ports.store, cursor, changes[records.length - 1]!.sequence);
  return { count: records.length, more: records.length < changes.length || changes.length === AT_ONCE };
}

/** Sequences have no gap; a hole that is seen all the same must not be passed. */
async function nextChanges(store: MetadataStore, after: number): Promise<NumberedChange[]> {
  const changes = await store.listChanges({ after, limit: AT_ONCE });
  const hole = changes.findIndex(({ sequence }, at) => sequence !== after + 1 + at);
  if (hole >= 0) throw new Error(`The change with sequence ${after + 1 + hole} is missing in the store; nothing behind it is published.`);
  return changes;
}

/** Of as many changes as one append may hold. */
async function recordsOf(changes: readonly NumberedChange[], { store, objects }: PublishPorts, options: PublishOptions): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  let bytes = 0;
  for (const change of changes) {
    const metadata = options.metadataInEvents ? await readMetadata(change, store, objects) : undefined;
    const record = recordOf(changeEvent(change, options.serviceHostName, metadata), detailOf(change).traceparent);
    bytes += record.value.length;
    if (records.length > 0 && bytes > AT_ONCE_BYTES) break;
    records.push(record);
  }
  return records;
}

export function recordOf(event: CloudEvent, traceparent?: string): LogRecord {
  return { key: event.partitionkey, headers: { ...binaryHeaders(event), ...(traceparent !== undefined && { traceparent }) }, value: Buffer.from(event.data) };
}

/** Not synced: a move that is lost makes doubles, no gap. One that fails was made by another replica, with the same records. */
async function movePublished(store: MetadataStore, cursor: CursorRow | undefined, position: number): Promise<void> {
  await store.commit({ writes: [moveCursor(FEED_PUBLISHED, cursor, position)], durable: false });
}
