import { dialectPolicies, queryParameters, type RequestContext } from '@isocenter/http';
import { FEED_LAST, METADATA_STORE, type MetadataStore, type NumberedChange } from '@isocenter/metadata-store';
import { OBJECT_STORE, type ObjectStore } from '@isocenter/object-store';
import { Inject, Injectable } from '@nestjs/common';
import { Numberer } from '../number-changes/numberer.js';
import { writeEntry } from './change-entry.js';
import { parseMetadataFlag, parseWindow, type FeedWindow } from './parse-window.js';
import { requireWholeFeed } from './require-whole-feed.js';

/** How long a request waits for changes older than itself to be numbered. */
const WAIT_MS = 2_000;

/** The change feed: ordered, complete, a window of time or of sequences at a time. */
@Injectable()
export class ReadChanges {
  constructor(
    @Inject(METADATA_STORE) private readonly store: MetadataStore,
    @Inject(OBJECT_STORE) private readonly objects: ObjectStore,
    private readonly numberer: Numberer,
  ) {}

  /** A JSON array of entries. */
  async window(context: RequestContext, query: string): Promise<string> {
    const policy = dialectPolicies[context.dialect].changeFeed;
    const window = parseWindow(query, policy);
    await requireWholeFeed(this.store);
    await this.numberer.settled(WAIT_MS);
    const changes = policy.paging === 'time' ? await this.inTime(window) : await this.store.listChanges({ after: window.offset, upTo: window.offset + window.limit, limit: window.limit });
    return `[${(await this.entries(context, changes, window.includeMetadata)).join(',')}]`;
  }

  /** The newest entry; undefined while there is none. */
  async latest(context: RequestContext, query: string): Promise<string | undefined> {
    const includeMetadata = parseMetadataFlag(queryParameters(query).get('includemetadata'));
    await requireWholeFeed(this.store);
    await this.numberer.settled(WAIT_MS);
    const change = await this.store.latestChange();
    return change && (await this.entries(context, [change], includeMetadata))[0];
  }

  entries(context: RequestContext, changes: readonly NumberedChange[], includeMetadata: boolean): Promise<string[]> {
    return Promise.all(changes.map((change) => writeEntry(change, includeMetadata, context, { store: this.store, objects: this.objects })));
  }

  /** Sequences have no gap, so an offset into a window of time is an addition, however large it is. */
  private async inTime({ startTime, endTime, offset, limit }: FeedWindow): Promise<NumberedChange[]> {
    const last = (await this.store.readCursor(FEED_LAST))?.position ?? 0;
    const first = startTime === undefined ? 1 : ((await this.store.sequenceAt(startTime)) ?? last + 1);
    const behind = endTime === undefined ? last + 1 : ((await this.store.sequenceAt(endTime)) ?? last + 1);
    const after = first - 1 + offset;
    return after + 1 >= behind ? [] : this.store.listChanges({ after, upTo: behind - 1, limit });
  }
}
