import { BackgroundWork } from '@isocenter/background';
import { FEED_LAST, type MetadataStore, type NumberedChange } from '@isocenter/metadata-store';

export interface FollowChangesOptions {
  /** Called once the position is known: of all changes from then on it is told. */
  readonly begin: () => Promise<void>;
  /** Whether anybody would do something about a change; else it is passed over unread. */
  readonly isWanted: () => boolean;
  readonly onChanges: (changes: readonly NumberedChange[]) => void;
  /** The feed ends before what was read of it: metadata were lost, and are restored or begin anew. */
  readonly onLoss: () => void;
  readonly onError: (error: unknown) => void;
}

const LOOK_AGAIN_MS = 500;
const PAGE = 500;

/**
 * The change feed from now on, in the order of its numbers, none passed over: a cursor over the changes in the metadata store, as those of
 * webhooks and journal are. A service that reads needs no connection to the log for it.
 */
export class FollowChanges {
  private readonly work: BackgroundWork;
  private position: number | undefined;

  constructor(private readonly store: MetadataStore, private readonly options: FollowChangesOptions) {
    this.work = new BackgroundWork({ step: () => this.step(), everyMs: LOOK_AGAIN_MS, onError: options.onError });
  }

  start(): void {
    this.work.start();
    void this.work.run();
  }

  stop(): Promise<void> {
    return this.work.stop();
  }

  private async step(): Promise<boolean> {
    const { begin, isWanted, onChanges, onLoss } = this.options;
    const last = (await this.store.readCursor(FEED_LAST))?.position ?? 0;
    if (this.position === undefined) {
      this.position = last;
      await begin();
      return false;
    }
    if (last < this.position) onLoss();
    if (last <= this.position || !isWanted()) {
      this.position = last;
      return false;
    }
    const changes = await this.store.listChanges({ after: this.position, upTo: last, limit: PAGE });
    onChanges(changes);
    this.position = changes.at(-1)?.sequence ?? last;
    return this.position < last;
  }
}
