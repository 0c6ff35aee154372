import type { StandaloneFile } from '@isocenter/standalone-file';

/** Records deleted at a time: rarely enough to cost nothing, often enough to keep the file small. */
const TRIM_STEP = 512;

const trimmedTo = new WeakMap<StandaloneFile, Map<string, number>>();

/** Deletes what every consumer of the partition has passed. Deleted rows may come back in a power cut: they are behind every `next`. */
export function trimPassedRecords(file: StandaloneFile, topic: string, partition: number, consumers: ReadonlySet<{ readonly passed: number }>): void {
  const passed = Math.min(...[...consumers].map((consumer) => consumer.passed));
  const places = trimmedTo.get(file) ?? new Map<string, number>();
  trimmedTo.set(file, places);
  const place = `${topic}/${partition}`;
  if (passed - (places.get(place) ?? 0) < TRIM_STEP) return;
  places.set(place, passed);
  // A failed trim is repeated with the next step.
  file.write({ statements: [{ sql: 'DELETE FROM log_records WHERE topic = ? AND partition = ? AND offset < ?', params: [topic, partition, passed] }], durable: false }).catch(() => places.delete(place));
}
