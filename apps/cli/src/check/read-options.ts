import { parseArgs } from 'node:util';
import { addressOf, keyOf } from '../archive-address.js';
import { type ArchiveAddress } from '../operation/ask-archive.js';
import { UsageError } from '../usage-error.js';

export interface CheckOptions extends ArchiveAddress {
  readonly repair: boolean;
  /** All bytes are read and compared with their SHA-256. */
  readonly digest: boolean;
}

export const standardUrl = 'http://127.0.0.1:8080/v2';

/** Throws `UsageError`. */
export function readOptions(words: readonly string[], env: Readonly<Record<string, string | undefined>>): CheckOptions {
  const values = parse(words);
  return {
    url: addressOf(values.url ?? standardUrl, 'an archive with its version', `${standardUrl} or https://archive.example.org/v2`),
    key: keyOf(values.key ?? env.ISOCENTER_KEY),
    repair: values.repair ?? false,
    digest: values.digest ?? false,
  };
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options: { url: { type: 'string' }, key: { type: 'string' }, repair: { type: 'boolean' }, digest: { type: 'boolean' } } }).values;
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}
