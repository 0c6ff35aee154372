import type { StoredRecord } from '../event-log.js';

/** Bytes of values kept at most; a consumer that falls behind reads from the file. */
const MAX_BYTES = 4 * 1024 * 1024;

/** The newest records of a partition, in memory, without a gap. */
export class FreshRecords {
  private records: StoredRecord[] = [];
  private bytes = 0;

  push(record: StoredRecord): void {
    const last = this.records.at(-1);
    if (last && record.offset !== last.offset + 1) this.clear();
    this.records.push(record);
    this.bytes += record.value.length;
    while (this.bytes > MAX_BYTES) this.bytes -= this.records.shift()!.value.length;
  }

  /** Records from `next` on, as many as a batch holds; none when `next` is not here. */
  take(next: number, maxRecords: number, maxBytes: number): StoredRecord[] {
    const first = this.records[0]?.offset ?? next;
    const begin = next - first;
    if (begin < 0 || begin >= this.records.length) {
      if (begin >= this.records.length) this.clear();
      return [];
    }
    let end = begin;
    let bytes = 0;
    while (end < this.records.length && end - begin < maxRecords) {
      bytes += this.records[end]!.value.length;
      if (end > begin && bytes > maxBytes) break;
      end += 1;
    }
    const taken = this.records.slice(begin, end);
    // What is before was handled; what is taken stays until the next call, since the batch may be handed over again.
    for (const { value } of this.records.splice(0, begin)) this.bytes -= value.length;
    return taken;
  }

  private clear(): void {
    this.records = [];
    this.bytes = 0;
  }
}
