import { profile, type Archive } from '../support/archive.js';
import type { TopicRecord } from '../support/topic-records.js';
import { call } from '../support/http-call.js';
import { until } from '../invariants/until.js';

const topic = 'isocenter.change-feed.v1';
const partitions = profile === 'stack' ? 32 : 4;

export interface ChangeData {
  readonly sequenceNumber: number;
  readonly action: string;
  readonly imageSopInstanceUid: string;
  readonly version: string;
  readonly replaces?: string;
  readonly [name: string]: unknown;
}

/** What a consumer has that follows docs/asyncapi/change-feed.v1.yaml. */
export interface Consumed {
  /** In the order of their sequences, doubles dropped. */
  readonly changes: readonly { readonly headers: TopicRecord['headers']; readonly key: string; readonly data: ChangeData }[];
  readonly doubles: number;
  /** Up to here it has seen everything, by the watermarks. */
  readonly complete: number;
}

export const sequenceOf = ({ headers }: TopicRecord): number => Number(headers['ce_sequence']);

/** Reads the whole topic as the document tells consumers to; throws when a watermark promised what came later. */
export const consumeTopic = async (archive: Archive): Promise<Consumed> => {
  const records = await archive.readTopic(topic);
  const changes: Consumed['changes'][number][] = [];
  const watermarks: number[] = [];
  let doubles = 0;
  for (const ofPartition of Map.groupBy(records, ({ partition }) => partition).values()) {
    let [applied, complete] = [0, 0];
    for (const record of ofPartition) {
      const sequence = sequenceOf(record);
      if (record.headers['ce_type'] === 'isocenter.watermark.v1') {
        complete = Math.max(complete, sequence);
      } else if (sequence > applied) {
        if (sequence <= complete) throw new Error(`The change ${sequence} comes behind a watermark of ${complete}.`);
        applied = sequence;
        changes.push({ headers: record.headers, key: record.key, data: JSON.parse(record.value) as ChangeData });
      } else {
        doubles += 1;
      }
    }
    watermarks.push(complete);
  }
  const complete = watermarks.length < partitions ? 0 : Math.min(...watermarks);
  return { changes: changes.sort((one, other) => one.data.sequenceNumber - other.data.sequenceNumber), doubles, complete };
};

/** The newest sequence of the feed; 0 when it is empty. */
export const lastSequence = async ({ baseUrl }: Archive): Promise<number> => {
  const { status, body } = await call(`${baseUrl}/v2/changefeed/latest?includeMetadata=false`);
  return status === 204 ? 0 : (JSON.parse(body.toString()) as { sequence: number }).sequence;
};

/** Waits until the watermarks of all partitions say that the topic has all of the feed. */
export const completeTopic = async (archive: Archive): Promise<Consumed> => {
  const last = await lastSequence(archive);
  let consumed: Consumed | undefined;
  await until(`the public topic is complete up to ${last}`, async () => (consumed = await consumeTopic(archive)).complete >= last);
  return consumed!;
};
