import { parseArgs } from 'node:util';
import { addressOf, keyOf } from '../archive-address.js';
import { type ArchiveAddress } from '../operation/ask-archive.js';
import { UsageError } from '../usage-error.js';

export interface ImportOptions extends ArchiveAddress {
  /** A source and a folder of it, or a local path; undefined with `follow`. */
  readonly what: string | undefined;
  /** Id of an import that was started before. */
  readonly follow: string | undefined;
  /** File of the journal, of files that are uploaded. */
  readonly resume: string | undefined;
}

export const standardUrl = 'http://127.0.0.1:8080/v2';

/** Throws `UsageError`. */
export function readOptions(words: readonly string[], env: Readonly<Record<string, string | undefined>>): ImportOptions {
  const { values, positionals } = parse(words);
  const { follow, resume } = values;
  const url = addressOf(values.url ?? standardUrl, 'an archive with its version', `${standardUrl} or https://archive.example.org/v2/partitions/NAME`);
  if (!/\/v2(\/partitions\/[^/]+)?$/.test(url.pathname)) throw new UsageError(`--url is "${url.href}"; it is to end in /v2, or /v2/partitions/NAME.`);
  if (follow !== undefined && !/^[0-9a-f]{32}$/.test(follow)) throw new UsageError('--follow is not the id of an import, which has 32 hexadecimal digits.');
  if (positionals.length !== (follow === undefined ? 1 : 0)) throw new UsageError(follow === undefined ? 'One source or folder is to be named.' : '--follow stands alone: the import has its source.');
  if (follow !== undefined && resume !== undefined) throw new UsageError('--resume is for a folder of this machine, and --follow for a source of the archive.');
  return { what: positionals[0], follow, resume, url, key: keyOf(values.key ?? env.ISOCENTER_KEY) };
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], allowPositionals: true, options: { url: { type: 'string' }, key: { type: 'string' }, follow: { type: 'string' }, resume: { type: 'string' } } });
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}
