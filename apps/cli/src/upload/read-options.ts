import { parseArgs } from 'node:util';
import { addressOf, keyOf } from '../archive-address.js';
import { UsageError } from '../usage-error.js';

export interface UploadOptions {
  /** Files and folders, as they were given. */
  readonly paths: readonly string[];
  /** Where `/studies` stands below, without a slash at its end. */
  readonly url: URL;
  readonly key: string | undefined;
  /** Requests at once. */
  readonly parallel: number;
  /** How often an instance is sent again when the archive cannot take it for now. */
  readonly retries: number;
  /** File of the journal. */
  readonly resume: string | undefined;
}

export const standardUrl = 'http://127.0.0.1:8080/dicom-web';

const MAX_PARALLEL = 64;
const MAX_RETRIES = 1000;

/** Throws `UsageError`. */
export function readOptions(words: readonly string[], env: Readonly<Record<string, string | undefined>>): UploadOptions {
  const { values, positionals } = parse(words);
  if (positionals.length === 0) throw new UsageError('No file or folder is named.');
  return {
    paths: positionals,
    url: addressOf(values.url ?? standardUrl, 'a STOW-RS service', `${standardUrl} or https://archive.example.org/v2`),
    key: keyOf(values.key ?? env.ISOCENTER_KEY),
    parallel: wholeNumber('--parallel', values.parallel ?? '4', 1, MAX_PARALLEL),
    retries: wholeNumber('--retries', values.retries ?? '10', 0, MAX_RETRIES),
    resume: values.resume,
  };
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words], allowPositionals: true,
      options: { url: { type: 'string' }, key: { type: 'string' }, parallel: { type: 'string' }, retries: { type: 'string' }, resume: { type: 'string' } },
    });
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}

function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) throw new UsageError(`${name} is "${text}"; allowed are whole numbers from ${min} to ${max}.`);
  return value;
}
