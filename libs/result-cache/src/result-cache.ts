import { BackgroundWork } from '@isocenter/background';
import type { InstanceRow, MetadataStore, NumberedChange } from '@isocenter/metadata-store';
import { type Logger, observedGauge } from '@isocenter/telemetry';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { Flights } from './flights.js';
import { FollowChanges } from './follow-changes.js';
import { beginCounting, countRead } from './metrics.js';
import { type Result, ResultFiles, SHARE, sweepFolders } from './result-files.js';

/** What a result is of: a version of an instance never changes. */
export interface ResultOf {
  readonly row: Pick<InstanceRow, 'partition' | 'study' | 'series' | 'sop' | 'version'>;
  /** All that tells the results of a version apart. */
  readonly form: string;
}

export interface MadeResult {
  /** What of it is no bytes; '' when nothing is. */
  readonly head: string;
  readonly bytes: Buffer;
}

export interface ResultCacheOptions {
  /** May hold what is not of this archive: nothing but `isocenter-results` in it is looked at. In that each process has a folder of its own. */
  readonly folder: string;
  /** Bytes on the disk; 0: nothing is kept, but what is asked for at the same time is still made once. */
  readonly limit: number;
  readonly process: string;
  readonly log: Logger;
}

type Made = MadeResult & { readonly of: ResultOf };

/** Bytes that wait to be written: more of them are not kept, since the disk does not come along. */
const MAX_WRITING_BYTES = 64 * 1024 * 1024;
/** How often others are told that this process lives, folders are looked for whose processes do not, and a folder that cannot be opened is tried again. */
const TEND_MS = 5_000;
/** Of who never leaves. */
const stays = new AbortController().signal;

/**
 * Pictures and transcoded frames that were made once. A result is asked for with the version that the metadata name now, so what is
 * outdated is never found; it is dropped when the change feed tells of it, so that nothing of a deleted instance stays.
 */
export class ResultCache {
  private readonly flights = new Flights<Made>((_, made) => this.keep(made));
  private readonly folder: string;
  private readonly tending: BackgroundWork;
  private files: ResultFiles | undefined;
  private isRefused = false;
  private changes: FollowChanges | undefined;
  private store: MetadataStore | undefined;
  private writingBytes = 0;
  private stopObserving: (() => void)[] = [];
  private readonly listeners = new Set<(changes: readonly NumberedChange[]) => void>();

  constructor(private readonly options: ResultCacheOptions) {
    this.folder = join(options.folder, 'isocenter-results');
    this.tending = new BackgroundWork({ step: () => this.tend(), everyMs: TEND_MS, onError: (err) => options.log.warn({ err }, 'the folder of results cannot be looked after; what a former process kept stays there') });
  }

  /** From now on results are kept, as soon as the changes of them are followed. */
  follow(store: MetadataStore): void {
    const { limit, log } = this.options;
    if (limit === 0) return;
    this.store = store;
    beginCounting();
    this.changes = new FollowChanges(store, {
      begin: () => {
        this.tending.start();
        return this.tending.run();
      },
      isWanted: () => this.listeners.size > 0 || (this.files?.count ?? 0) > 0,
      onChanges: (changes) => this.drop(changes),
      onLoss: () => this.files?.dropAll(),
      onError: (err) => log.warn({ err }, 'changes could not be followed; results of deleted instances stay until they are'),
    });
    this.stopObserving = [
      observedGauge('result_cache_bytes', 'Bytes of results that are kept on the disk', () => this.files?.bytes ?? 0),
      observedGauge('result_cache_results', 'Results that are kept on the disk', () => this.files?.count ?? 0),
    ];
    this.changes.start();
  }

  /** Tells of changes as they are followed. Returns what ends it. */
  onChanges(listener: (changes: readonly NumberedChange[]) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Whether so many bytes are a share of what may be kept that leaves room for others. */
  mayHold(bytes: number): boolean {
    return bytes <= this.options.limit / SHARE;
  }

  /** Whether it is kept, as far as is known without a look at the disk. */
  has(of: ResultOf): boolean {
    return this.files?.has(keyOf(of)) === true;
  }

  /**
   * A result that is kept, or else made, once for all who ask for it at the same time. Rejects with what `make` rejects with.
   *
   * @param signal of who asks; when he leaves, `make` is told so unless others wait too
   */
  async get(of: ResultOf, make: (left: AbortSignal) => Promise<MadeResult>, signal: AbortSignal = stays): Promise<Result> {
    const key = keyOf(of);
    const kept = await (this.files?.find(key) ?? undefined);
    if (kept !== undefined) {
      countRead('kept');
      return kept;
    }
    let outcome: 'made' | 'shared' = 'shared';
    const { head, bytes } = await this.flights.join(key, signal, async (left) => {
      outcome = 'made';
      return { of, ...(await make(left)) };
    });
    countRead(outcome);
    return { head, bytes, length: bytes.length };
  }

  async close(): Promise<void> {
    for (const stop of this.stopObserving) stop();
    await this.changes?.stop();
    await this.tending.stop();
    const files = this.files;
    this.files = undefined;
    await files?.close();
  }

  private async tend(): Promise<boolean> {
    const { files } = this;
    try {
      await files?.giveSign();
    } catch (err) {
      if ((err as NodeJS.ErrnoException).code !== 'ENOENT') throw err;
      this.options.log.warn({ folder: this.folder }, 'the folder of results was removed; it is made anew');
      this.files = undefined;
      await files!.close();
    }
    if (this.files !== undefined || (await this.openFiles())) await sweepFolders(this.folder);
    return false;
  }

  /** Tried again until it can be: a volume may come late, or be full for a while. That it cannot is said once. */
  private async openFiles(): Promise<boolean> {
    const { folder, options: { process, limit, log } } = this;
    try {
      this.files = await ResultFiles.open(folder, process, limit);
    } catch (err) {
      if (!this.isRefused) log.warn({ err, folder }, 'results are not kept until the folder can be written; RESULT_CACHE_DIR names it');
    }
    this.isRefused = this.files === undefined;
    return !this.isRefused;
  }

  private async keep({ of, head, bytes }: Made): Promise<void> {
    const { files, store } = this;
    if (files === undefined || store === undefined || this.writingBytes + bytes.length > MAX_WRITING_BYTES) return;
    this.writingBytes += bytes.length;
    const { partition, study, series, sop, version } = of.row;
    const isKept = await files.keep(keyOf(of), ownerOf(of.row), { head, bytes });
    this.writingBytes -= bytes.length;
    if (!isKept) return;
    // A change from now on will be told of; one before may have been while the result was made.
    const now = await store.findInstance(partition, study, series, sop).catch(() => undefined);
    if (now?.version !== version && now?.originalVersion !== version) files.drop(keyOf(of));
  }

  private drop(changes: readonly NumberedChange[]): void {
    for (const { currentVersion, ...change } of changes) {
      this.files?.dropOwner(ownerOf(change), (key) => currentVersion !== null && key.startsWith(`${currentVersion}/`));
    }
    for (const listener of this.listeners) listener(changes);
  }
}

function keyOf({ row, form }: ResultOf): string {
  return `${row.version}/${form}`;
}

/** The instance, told shortly: there are many. */
function ownerOf({ partition, study, series, sop }: Omit<ResultOf['row'], 'version'>): string {
  return createHash('sha1').update(`${partition}/${study}/${series}/${sop}`).digest('base64url');
}
