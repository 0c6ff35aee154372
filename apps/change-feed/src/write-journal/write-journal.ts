import { BackgroundWork } from '@isocenter/background';
import { METADATA_STORE, type CursorRow, type MetadataStore, type Write } from '@isocenter/metadata-store';
import { OBJECT_STORE, type ObjectStore } from '@isocenter/object-store';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { CHANGE_FEED_OPTIONS, type ChangeFeedOptions } from '../change-feed-options.js';
import { changeLine, parseSegmentKey, partitionLine, segmentKey } from './journal-record.js';

/** The cursor whose position is the last sequence in the journal, and whose detail is the last partition's key. */
const JOURNAL = 'change-feed/journal';

/** Changes of one segment at most. */
const SEGMENT_CHANGES = 5_000;

/** Writes numbered changes to write-once segments; the cursor moves when a segment is durable. */
@Injectable()
export class WriteJournal implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly work: BackgroundWork;

  constructor(
    @Inject(METADATA_STORE) private readonly store: MetadataStore,
    @Inject(OBJECT_STORE) private readonly objects: ObjectStore,
    @Inject(CHANGE_FEED_OPTIONS) { journalIntervalMs, log }: ChangeFeedOptions,
  ) {
    this.work = new BackgroundWork({
      step: () => this.writeSegment(),
      everyMs: journalIntervalMs,
      onError: (err) => log.warn({ err }, 'the journal could not be written; tried again soon'),
    });
  }

  onApplicationBootstrap(): void {
    this.work.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.work.run();
    await this.work.stop();
  }

  /** Writes all that is numbered now. */
  run(): Promise<void> {
    return this.work.run();
  }

  /** True when there may be more. */
  private async writeSegment(): Promise<boolean> {
    const cursor = await this.store.readCursor(JOURNAL);
    const after = cursor?.position ?? 0;
    const changes = await this.store.listChanges({ after, limit: SEGMENT_CHANGES });
    if (changes.length === 0) return false;
    const partitions = await this.store.listPartitions(Number(cursor?.detail ?? 0));
    const lines = [...partitions.map(partitionLine), ...changes.map(changeLine)];
    const found = await this.findSegment(after + 1);
    if (found === undefined) await this.objects.put(segmentKey(after + 1, changes.at(-1)!.sequence), Buffer.from(`${lines.join('\n')}\n`));
    // Partitions that a found segment may not have are written, perhaps again, with the next one.
    const partitionKey = found === undefined ? (partitions.at(-1)?.key ?? cursor?.detail ?? 0) : (cursor?.detail ?? 0);
    await this.store.commit({ writes: [moveCursor(cursor, found ?? changes.at(-1)!.sequence, String(partitionKey))] });
    return found !== undefined || changes.length === SEGMENT_CHANGES;
  }

  /** Last sequence of a segment that a process wrote before it died without moving the cursor: it stays as it is. */
  private async findSegment(first: number): Promise<number | undefined> {
    const prefix = segmentKey(first, 0).slice(0, -'0000000000000000.ndjson'.length);
    for await (const { key } of this.objects.list(prefix)) {
      const written = parseSegmentKey(key);
      if (written) return written.last;
    }
    return undefined;
  }
}

function moveCursor(cursor: CursorRow | undefined, position: number, detail: string): Write {
  if (!cursor) return { op: 'insert', table: 'cursors', row: { name: JOURNAL, position, detail } };
  return { op: 'update', table: 'cursors', key: { name: JOURNAL }, expect: { position: cursor.position }, set: { position, detail } };
}
