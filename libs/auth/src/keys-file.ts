import { readFile, stat } from 'node:fs/promises';
import { type Logger } from '@isocenter/telemetry';
import { type ApiKey, KeysFileError, parseKeys } from './parse-keys.js';

/** The keys by digest. */
export type Keys = ReadonlyMap<string, ApiKey>;

export interface KeysFile {
  /** The keys as the file had them when it was last looked at. */
  current(): Keys;
  /** Looks at the file, and reads it if it has changed. Never throws: a file that cannot be used leaves the keys as they were. */
  refresh(): Promise<void>;
}

/** How long a change of the file may stay unseen. */
const lookEveryMs = 2_000;

/** Opens the keys file; without a usable one a server must not start. Throws `KeysFileError`. */
export async function openKeysFile(path: string, log: Logger, now: () => number = Date.now): Promise<KeysFile> {
  let { keys, version } = await readKeys(path);
  let lookedAt = now();
  let looking: Promise<void> | undefined;

  async function look(): Promise<void> {
    try {
      if ((await versionOf(path)) === version) return;
      ({ keys, version } = await readKeys(path));
      log.info({ keys: keys.size }, 'API keys read again');
    } catch (err) {
      log.error({ err }, 'API keys file cannot be used; the keys stay as they were');
    } finally {
      looking = undefined;
    }
  }

  async function refresh(): Promise<void> {
    lookedAt = now();
    await (looking ??= look());
  }

  return {
    current() {
      // No request waits for the file: the one that finds the look overdue starts it.
      if (now() - lookedAt >= lookEveryMs) void refresh();
      return keys;
    },
    refresh,
  };
}

async function readKeys(path: string): Promise<{ keys: Keys; version: string }> {
  try {
    // The version first: a change in between is then read twice instead of never.
    const version = await versionOf(path);
    const keys = new Map(parseKeys(await readFile(path, 'utf8')).map((key) => [key.sha256, key]));
    return { keys, version };
  } catch (error) {
    if (error instanceof KeysFileError) throw error;
    throw new KeysFileError(`API_KEYS_FILE ${path} cannot be read. Give the path of a JSON file of API keys (\`npm run key\` makes an entry).`, { cause: error });
  }
}

/** Size and inode as well, because an atomic replacement may keep the time. */
async function versionOf(path: string): Promise<string> {
  const { mtimeMs, size, ino } = await stat(path);
  return `${mtimeMs}/${size}/${ino}`;
}
