import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { call } from '../support/http-call.js';
import { type Standalone } from '../support/standalone-process.js';

export interface FeedEntry {
  readonly sequence: number;
  readonly action: string;
  readonly state: string;
  readonly sopInstanceUid: string;
}

/** What an archive holds, by all that shows it: search, change feed, files. */
export interface StoredState {
  /** SOP Instance UIDs that search finds, in order of the text. */
  readonly found: readonly string[];
  /** SOP Instance UIDs that the feed calls current. */
  readonly announced: readonly string[];
  readonly feed: readonly FeedEntry[];
  /** SOP Instance UIDs in the names of the files of objects. */
  readonly kept: readonly string[];
  /** Names of files that are being written, or were left behind. */
  readonly temporary: readonly string[];
}

const page = 200;

/** Reads it all. Partitions other than the standard one are in feed and files only. */
export const readState = async ({ baseUrl, dataDir }: Standalone): Promise<StoredState> => {
  const instances = await json<Record<string, { Value?: readonly string[] }>[]>(`${baseUrl}/dicom-web/instances?limit=5000`);
  const feed: FeedEntry[] = [];
  for (;;) {
    const entries = await json<FeedEntry[]>(`${baseUrl}/v2/changefeed?offset=${feed.length}&limit=${page}&includeMetadata=false`);
    feed.push(...entries);
    if (entries.length < page) break;
  }
  const files = await filesOf(dataDir);
  return {
    found: instances.map((instance) => instance['00080018']?.Value?.[0] ?? '').sort(),
    announced: feed.filter(({ action, state }) => action === 'create' && state === 'current').map(({ sopInstanceUid }) => sopInstanceUid).sort(),
    feed,
    kept: files.filter((path) => path.endsWith('.dcm')).map((path) => decodeURIComponent(path.slice(path.lastIndexOf('/') + 1, path.lastIndexOf('_')))).sort(),
    temporary: files.filter((path) => path.includes('/.incoming/')),
  };
};

/** Reads until search, feed and files tell of the same instances and nothing is being written; throws with what differs. */
export const settledState = async (archive: Standalone, withinMs = 20_000): Promise<StoredState> => {
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

const filesOf = async (dataDir: string): Promise<string[]> => {
  const entries = await readdir(join(dataDir, 'objects'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
};

const json = async <T>(url: string): Promise<T> => {
  const { status, body } = await call(url);
  if (status !== 200) throw new Error(`${url} was answered ${status}: ${body.toString('utf8', 0, 500)}`);
  return JSON.parse(body.toString('utf8')) as T;
};
