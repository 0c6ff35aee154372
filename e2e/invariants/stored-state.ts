import { setTimeout as pause } from 'node:timers/promises';
import { call } from '../support/http-call.js';
import { type Archive } from '../support/archive.js';

export interface FeedEntry {
  readonly sequence: number;
  readonly action: string;
  readonly state: string;
  readonly sopInstanceUid: string;
}

/** What an archive holds, by all that shows it: search, change feed, objects. */
export interface StoredState {
  /** SOP Instance UIDs that search finds, in order of the text. */
  readonly found: readonly string[];
  /** SOP Instance UIDs that the feed calls current. */
  readonly announced: readonly string[];
  readonly feed: readonly FeedEntry[];
  /** SOP Instance UIDs in the keys of objects. */
  readonly kept: readonly string[];
  /** Objects that are being written, or were left behind. */
  readonly temporary: readonly string[];
}

const page = 200;

/** Reads it all. Partitions other than the standard one are in feed and objects only. */
export const readState = async (archive: Archive): Promise<StoredState> => {
  const { baseUrl } = archive;
  const instances = await json<Record<string, { Value?: readonly string[] }>[]>(`${baseUrl}/dicom-web/instances?limit=5000`);
  const feed: FeedEntry[] = [];
  for (;;) {
    const entries = await json<FeedEntry[]>(`${baseUrl}/v2/changefeed?offset=${feed.length}&limit=${page}&includeMetadata=false`);
    feed.push(...entries);
    if (entries.length < page) break;
  }
  const keys = await archive.listObjects();
  return {
    found: instances.map((instance) => instance['00080018']?.Value?.[0] ?? '').sort(),
    announced: feed.filter(({ action, state }) => action === 'create' && state === 'current').map(({ sopInstanceUid }) => sopInstanceUid).sort(),
    feed,
    kept: keys.filter((key) => key.endsWith('.dcm')).map((key) => decodeURIComponent(key.slice(key.lastIndexOf('/') + 1, key.lastIndexOf('_')))).sort(),
    temporary: await archive.listUnfinishedObjects(),
  };
};

/** Reads until search, feed and objects tell of the same instances and nothing is being written; throws with what differs. */
export const settledState = async (archive: Archive, withinMs = 120_000): Promise<StoredState> => {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const state = await readState(archive);
    const same = [state.announced, state.kept].every((uids) => uids.join() === state.found.join());
    if (same && state.temporary.length === 0) return state;
    if (Date.now() > deadline) throw new Error(`Something is half stored: ${describeDifference(state)}`);
    await pause(100);
  }
};

const describeDifference = ({ found, announced, kept, temporary }: StoredState): string => {
  const beyond = (some: readonly string[], others: readonly string[]): readonly string[] => {
    const left = [...others];
    return some.filter((uid) => {
      const at = left.indexOf(uid);
      if (at >= 0) left.splice(at, 1);
      return at < 0;
    });
  };
  return JSON.stringify({
    foundNotAnnounced: beyond(found, announced), announcedNotFound: beyond(announced, found), foundNotKept: beyond(found, kept), keptNotFound: beyond(kept, found), temporary,
  }).slice(0, 3000);
};

const json = async <T>(url: string): Promise<T> => {
  const { status, body } = await call(url);
  if (status !== 200) throw new Error(`${url} was answered ${status}: ${body.toString('utf8', 0, 500)}`);
  return JSON.parse(body.toString('utf8')) as T;
};
