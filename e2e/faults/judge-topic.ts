import type { TopicRecord } from '../support/topic-records.js';
import type { FeedEntry } from '../workload/change-feed-reader.js';
import { finding, type Finding } from '../workload/finding.js';

const watermarkType = 'isocenter.watermark.v1';

interface ChangeData {
  readonly sequenceNumber: number;
  readonly action: string;
  readonly imageStudyInstanceUid: string;
  readonly imageSopInstanceUid: string;
}

export interface JudgedTopic {
  readonly wrong: readonly Finding[];
  /** Records that a reader drops by their sequence. */
  readonly doubles: number;
}

/**
 * Compares the public topic with the feed: every change is there at least once and the same each time; in each partition
 * the changes are in order when doubles are dropped, none comes behind a watermark that promised it, and a study has one partition.
 */
export const judgeTopic = (records: readonly TopicRecord[], entries: readonly FeedEntry[]): JudgedTopic => {
  const wrong: Finding[] = [];
  const values = new Map<number, string>();
  const partitionOf = new Map<string, number>();
  let doubles = 0;
  for (const [partition, ofPartition] of Map.groupBy(records, (record) => record.partition)) {
    let [last, promised] = [0, 0];
    for (const { headers, value } of ofPartition) {
      const sequence = Number(headers['ce_sequence']);
      if (headers['ce_type'] === watermarkType) {
        promised = Math.max(promised, sequence);
        continue;
      }
      const before = values.get(sequence);
      if (before !== undefined) {
        doubles += 1;
        if (before !== value) wrong.push(finding('altered', `Sequence ${sequence} is twice in the topic, and differs.`));
        continue;
      }
      values.set(sequence, value);
      if (sequence < last) wrong.push(finding('altered', `Partition ${partition} of the topic has sequence ${sequence} behind ${last}.`));
      if (sequence <= promised) wrong.push(finding('gap', `Sequence ${sequence} comes behind a watermark of ${promised} in partition ${partition}.`));
      last = Math.max(last, sequence);
      wrong.push(...judgeChange(sequence, JSON.parse(value) as ChangeData, entries, partition, partitionOf));
    }
  }
  const missing = entries.filter(({ sequence }) => !values.has(sequence)).map(({ sequence }) => finding('lost', `Sequence ${sequence} of the feed is not in the topic.`));
  return { wrong: [...wrong, ...missing], doubles };
};

const judgeChange = (sequence: number, data: ChangeData, entries: readonly FeedEntry[], partition: number, partitionOf: Map<string, number>): Finding[] => {
  const entry = entries[sequence - 1];
  if (!entry) return [finding('unasked', `Sequence ${sequence} is in the topic, and not in the feed.`)];
  const wrong: Finding[] = [];
  if (data.sequenceNumber !== sequence || data.action !== entry.action || data.imageSopInstanceUid !== entry.sopInstanceUid) wrong.push(finding('altered', `Sequence ${sequence} tells of another change in the topic than in the feed.`));
  const other = partitionOf.get(data.imageStudyInstanceUid) ?? partition;
  if (other !== partition) wrong.push(finding('altered', `Study ${data.imageStudyInstanceUid} is in the partitions ${other} and ${partition} of the topic.`));
  partitionOf.set(data.imageStudyInstanceUid, partition);
  return wrong;
};

/** The journal has the changes of the feed, each once, in order. */
export const judgeJournal = (ndjson: string, entries: readonly FeedEntry[]): Finding[] => {
  const lines = ndjson.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as { kind: string; sequence?: number; sop?: string });
  const changes = lines.filter(({ kind }) => kind === 'change');
  const wrong = changes.flatMap(({ sequence, sop }, at) => {
    if (sequence !== at + 1) return [finding(Number(sequence) <= at ? 'duplicate' : 'gap', `The journal has sequence ${sequence} where ${at + 1} is due.`)];
    return sop === entries[at]?.sopInstanceUid ? [] : [finding('altered', `Sequence ${sequence} tells of another instance in the journal than in the feed.`)];
  });
  return changes.length === entries.length ? wrong : [...wrong, finding('lost', `The journal has ${changes.length} changes, the feed ${entries.length}.`)];
};
