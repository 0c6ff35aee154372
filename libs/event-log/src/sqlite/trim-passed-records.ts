import type { StandaloneFile } from '@isocenter/standalone-file';

/** Records deleted at a time: rarely enough to cost nothing, often enough to keep the file small. */
const TRIM_STEP = 512;

const trimmedTo = new WeakMap<StandaloneFile, Map<string, number>>();

/** Deletes what every consumer of the partition has passed. Deleted rows may come back in a power cut: they are behind every `next`. */
export function trimPassedRecords(file: StandaloneFile, topic: string, partition: number, consumers: ReadonlySet<{ readonly passed: number }>): void {
  trimBelow(file, topic, partition, Math.min(...[...consumers].map((consumer) => consumer.passed)));
}

/** Deletes what is more than `kept` records behind the newest, of a partition that nothing consumes. */
export function trimUnreadRecords(file: StandaloneFile, topic: string, partition: number, newest: number, kept: number): void {
  trimBelow(file, topic, partition, newest + 1 - kept);
}

function trimBelow(file: StandaloneFile, topic: string, partition: number, offset: number): void {
  const places = trimmedTo.get(file) ?? new Map<string, number>();
  trimmedTo.set(file, places);
  const place = `${topic}/${partition}`;
  if (offset - (places.get(place) ?? 0) < TRIM_STEP) return;
  places.set(place, offset);
  // A failed trim is repeated with the next step.
  file.write({ statements: [{ sql: 'DELETE FROM log_records WHERE topic = ? AND partition = ? AND offset < ?', params: [topic, partition, offset] }], durable: false }).catch(() => places.delete(place));
}
