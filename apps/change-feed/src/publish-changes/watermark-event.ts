import { sequenceText, type CloudEvent } from '../change-event/cloud-event.js';
import { sourceOf } from '../change-event/change-event.js';

export const WATERMARK_TYPE = 'isocenter.watermark.v1';
const DATA_SCHEMA = 'urn:isocenter:change-feed.v1:watermark';

/** Says in one topic partition that all its changes up to the sequence stand before this record. `key` leads to that partition. */
export function watermarkEvent(sequence: number, partition: number, key: string, host: string, now: Date): CloudEvent {
  return {
    id: `watermark-${sequence}-${partition}`,
    source: sourceOf(host),
    type: WATERMARK_TYPE,
    time: now.toISOString(),
    dataschema: DATA_SCHEMA,
    sequence: sequenceText(sequence),
    partitionkey: key,
    data: JSON.stringify({ sequenceNumber: sequence, topicPartition: partition }),
  };
}
