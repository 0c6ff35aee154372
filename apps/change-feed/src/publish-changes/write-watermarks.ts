import { TOPICS, type EventLog } from '@isocenter/event-log';
import { FEED_PUBLISHED, type MetadataStore } from '@isocenter/metadata-store';
import type { Lease } from '../hold-lease/lease.js';
import { partitionKeys } from './partition-keys.js';
import { recordOf } from './publish-changes.js';
import { watermarkEvent } from './watermark-event.js';

export interface WatermarkPorts {
  readonly store: MetadataStore;
  readonly eventLog: EventLog;
}

/**
 * Says in each topic partition how far it is complete; resolves with that sequence. Nothing is written while it is still
 * `marked`. Whatever the cursor says is in the topic before this record, so the watermark of a replica that is behind says
 * less than is so, never more.
 */
export async function writeWatermarks({ store, eventLog }: WatermarkPorts, marked: number, host: string, lease: Lease): Promise<number> {
  const position = (await store.readCursor(FEED_PUBLISHED))?.position ?? 0;
  if (position === marked || !(await lease.hold())) return marked;
  const now = new Date();
  const records = partitionKeys(eventLog, TOPICS.changeFeed).map((key, partition) => recordOf(watermarkEvent(position, partition, key, host, now)));
  await eventLog.append(TOPICS.changeFeed, records);
  return position;
}
