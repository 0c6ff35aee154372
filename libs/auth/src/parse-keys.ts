import { PARTITION_NAME, type Permission } from '@isocenter/http';

/** One entry of the keys file. */
export interface ApiKey {
  readonly name: string;
  /** Hex digest of the key; the key itself is nowhere. */
  readonly sha256: string;
  readonly permissions: readonly Permission[];
  /** `*` is every partition. */
  readonly partitions: readonly string[];
}

export const allPermissions: readonly Permission[] = ['read', 'write', 'delete', 'admin'];

/** The keys file is missing or cannot be used; the message lists every fault at once. */
export class KeysFileError extends Error {
  override readonly name = 'KeysFileError';
}

/** Reads the text of a keys file: `{ "keys": [ { "name", "sha256", "permissions", "partitions" } ] }`. Throws `KeysFileError`. */
export function parseKeys(text: string): readonly ApiKey[] {
  const entries = entriesOf(text);
  const faults = [...entries.flatMap((entry, index) => faultsOf(entry).map((fault) => `keys[${index}]: ${fault}`)), ...repetitions(entries)];
  if (faults.length > 0) throw new KeysFileError(`API_KEYS_FILE has faults:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
  return entries.map((entry) => {
    // faultsOf has checked every member
    const { name, sha256, permissions, partitions } = entry as unknown as ApiKey;
    return { name, sha256: sha256.toLowerCase(), permissions, partitions };
  });
}

type Entry = Readonly<Record<string, unknown>>;

function entriesOf(text: string): readonly Entry[] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    // The cause quotes the file, so it is left out.
    throw new KeysFileError('API_KEYS_FILE is not JSON; allowed: { "keys": [ … ] }.');
  }
  const keys = isObject(parsed) ? parsed['keys'] : undefined;
  if (!Array.isArray(keys) || !keys.every(isObject)) throw new KeysFileError('API_KEYS_FILE has no list of keys; allowed: { "keys": [ { "name": …, "sha256": …, "permissions": […], "partitions": […] } ] }.');
  return keys;
}

function faultsOf({ name, sha256, permissions, partitions }: Entry): string[] {
  const faults: string[] = [];
  if (typeof name !== 'string' || !/^[\x20-\x7e]{1,100}$/.test(name)) faults.push('name must be 1 to 100 printable ASCII characters');
  if (typeof sha256 !== 'string' || !/^[0-9a-f]{64}$/i.test(sha256)) faults.push('sha256 must be 64 hexadecimal digits: the digest of the key, not the key');
  if (!isListOf(permissions, (value) => allPermissions.some((permission) => permission === value))) faults.push(`permissions must be a list of ${allPermissions.join(', ')}`);
  if (!isListOf(partitions, (value) => value === '*' || PARTITION_NAME.test(value))) faults.push('partitions must be a list of partition names, or ["*"] for all');
  return faults;
}

/** Equal digests would make it a matter of order who asks; equal names could not be told apart in the log. */
function repetitions(entries: readonly Entry[]): string[] {
  return (['name', 'sha256'] as const).flatMap((member) => {
    const values = entries.map((entry) => String(entry[member]).toLowerCase());
    return new Set(values).size === values.length ? [] : [`two keys have the same ${member}`];
  });
}

function isListOf(value: unknown, allowed: (value: string) => boolean): boolean {
  return Array.isArray(value) && value.length > 0 && value.every((member) => typeof member === 'string' && allowed(member));
}

function isObject(value: unknown): value is Entry {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
