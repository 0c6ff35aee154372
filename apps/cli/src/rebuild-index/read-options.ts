import { parseArgs } from 'node:util';
import { addressOf, keyOf } from '../archive-address.js';
import { type ArchiveAddress } from '../operation/ask-archive.js';
import { UsageError } from '../usage-error.js';

export interface RebuildOptions extends ArchiveAddress {
  readonly task: 'rebuild' | 'undecided' | 'digest';
}

export const standardUrl = 'http://127.0.0.1:8080/v2';

/** Throws `UsageError`. */
export function readOptions(words: readonly string[], env: Readonly<Record<string, string | undefined>>): RebuildOptions {
  const values = parse(words);
  if (values['restore-undecided'] && values.digest) throw new UsageError('--restore-undecided and --digest are two tasks; one at a time.');
  return {
    url: addressOf(values.url ?? standardUrl, 'an archive with its version', `${standardUrl} or https://archive.example.org/v2`),
    key: keyOf(values.key ?? env.ISOCENTER_KEY),
    task: values['restore-undecided'] ? 'undecided' : values.digest ? 'digest' : 'rebuild',
  };
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: { url: { type: 'string' }, key: { type: 'string' }, 'restore-undecided': { type: 'boolean' }, digest: { type: 'boolean' } } }).values;
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}
