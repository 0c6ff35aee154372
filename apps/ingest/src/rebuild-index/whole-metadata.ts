import { BackgroundWork } from '@isocenter/background';
import { disturbWriters } from '@isocenter/commands';
import { EVENT_LOG_PORT, type EventLog } from '@isocenter/event-log';
import { ServiceUnavailable } from '@isocenter/http';
import { findLoss } from '@isocenter/journal';
import { FEED_LAST, METADATA_STORE, REBUILD, type CursorRow, type MetadataStore, type RebuildState, type Write } from '@isocenter/metadata-store';
import { OBJECT_STORE, type ObjectStore } from '@isocenter/object-store';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { INGEST_OPTIONS, type IngestOptions } from '../ingest-options.js';

const LOOK_AGAIN_MS = 5_000;
const RETRY_SECONDS = 30;

/** Finds out whether metadata are lost, as soon as the process starts, and says so in the store: then no study accepts anything until they are rebuilt. */
@Injectable()
export class WholeMetadata implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly work: BackgroundWork;
  /** The last number that was seen when the journal told of nothing that the metadata do not have, or since; undefined: it tells of more, or nobody has looked. */
  private wholeUpTo: number | undefined;
  /** The writers have been told that metadata are lost. */
  private disturbed = false;

  constructor(
    @Inject(METADATA_STORE) private readonly store: MetadataStore,
    @Inject(OBJECT_STORE) private readonly objects: ObjectStore,
    @Inject(EVENT_LOG_PORT) private readonly eventLog: EventLog,
    @Inject(INGEST_OPTIONS) private readonly options: IngestOptions,
  ) {
    this.work = new BackgroundWork({
      step: async () => {
        await this.tellWriters(await this.look());
        return false;
      },
      everyMs: LOOK_AGAIN_MS,
      onError: (err) => options.log.warn({ err }, 'whether metadata are lost could not be found out; tried again soon'),
    });
  }

  onApplicationBootstrap(): void {
    this.work.start();
    void this.work.run();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.work.stop();
  }

  /** Resolves with how far a rebuild is. Throws ServiceUnavailable while no study accepts writes. What is asked of single studies is decided by their writer. */
  async require(): Promise<CursorRow | undefined> {
    const rebuild = await this.look();
    if (rebuild?.detail === 'replaying') throw new ServiceUnavailable('The index is being rebuilt, and its studies are not there yet; nothing was stored. Repeat the request later.', RETRY_SECONDS);
    if (rebuild?.detail === 'lost') throw new ServiceUnavailable('The metadata of this archive are lost: the journal tells of more than they have. Nothing is stored until they are rebuilt (npx isocenter rebuild-index).', RETRY_SECONDS);
    return rebuild;
  }

  /** Throws ServiceUnavailable while studies are missing: what is done to all of a study would pass over what is not there yet. */
  async requireAll(): Promise<void> {
    if ((await this.require())?.detail === 'restoring') throw new ServiceUnavailable('The index is being rebuilt, and not all of its studies are there yet. Repeat the request later.', RETRY_SECONDS);
  }

  /** A writer that runs remembers that nothing was lost. One that begins does so behind what is in the log: that was decided in the store that is lost. */
  private async tellWriters(rebuild: CursorRow | undefined): Promise<void> {
    const lost = rebuild?.detail === 'lost';
    if (lost && !this.disturbed) await disturbWriters(this.store, this.eventLog);
    this.disturbed = lost;
  }

  private async look(): Promise<CursorRow | undefined> {
    // Before the reads: a number below it is of an older copy of the metadata, brought back under this process.
    const { wholeUpTo } = this;
    const [rebuild, last] = await Promise.all([this.store.readCursor(REBUILD), this.store.readCursor(FEED_LAST)]);
    if (rebuild?.detail === 'lost' && rebuild.position === 0) return this.lookAgain(rebuild);
    if (rebuild && rebuild.detail !== '' && rebuild.detail !== 'deriving') return rebuild;
    const isWhole = last !== undefined && wholeUpTo !== undefined && last.position >= wholeUpTo;
    const loss = isWhole ? undefined : await findLoss(this.store, this.objects);
    this.wholeUpTo = loss ? undefined : (last?.position ?? 0);
    if (!loss) return rebuild;
    this.options.log.error({ err: loss }, 'metadata are lost; nothing is stored, numbered or removed until they are rebuilt');
    const lost = { position: 0, detail: 'lost' satisfies RebuildState };
    const write: Write = rebuild
      ? { op: 'update', table: 'cursors', key: { name: REBUILD }, expect: { position: rebuild.position, detail: rebuild.detail }, set: lost }
      : { op: 'insert', table: 'cursors', row: { name: REBUILD, ...lost } };
    await this.store.commit({ writes: [write] });
    this.work.wake();
    return this.store.readCursor(REBUILD);
  }

  /** Nobody has begun to rebuild them: they may have been brought back otherwise, or never have been lost. */
  private async lookAgain(rebuild: CursorRow): Promise<CursorRow | undefined> {
    if (await findLoss(this.store, this.objects)) return rebuild;
    await this.store.commit({ writes: [{ op: 'update', table: 'cursors', key: { name: REBUILD }, expect: { position: 0, detail: 'lost' }, set: { detail: '' satisfies RebuildState } }] });
    return this.store.readCursor(REBUILD);
  }
}
