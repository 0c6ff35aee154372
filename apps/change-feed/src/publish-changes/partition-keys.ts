import type { EventLog, TopicSpec } from '@isocenter/event-log';

/** For each partition of a topic a key that leads there: the port chooses partitions by keys only. No study has such a key, since a partition name stands before its slash. */
export function partitionKeys(eventLog: EventLog, topic: TopicSpec): readonly string[] {
  const keys: string[] = [];
  for (let found = 0, at = 0; found < eventLog.partitionCount(topic); at += 1) {
    const key = `/watermark/${at}`;
    const partition = eventLog.partitionOf(topic, key);
    if (keys[partition] !== undefined) continue;
    keys[partition] = key;
    found += 1;
  }
  return keys;
}
