import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { digestKey, newKey } from './key-digest.js';
import { type ApiKey, KeysFileError, parseKeys } from './parse-keys.js';

const usage = 'npm run key -- --name NAME --permissions read,write [--partitions a,b]';

/** Makes a key and its entry for the keys file. Throws `KeysFileError` when a word is not allowed. */
export function makeKey(words: readonly string[]): { readonly key: string; readonly entry: ApiKey } {
  const { values } = parseArgs({ args: [...words], options: { name: { type: 'string' }, permissions: { type: 'string' }, partitions: { type: 'string', default: '*' } } });
  const key = newKey();
  const asked = { name: values.name, sha256: digestKey(key), permissions: listOf(values.permissions), partitions: listOf(values.partitions) };
  const [entry] = parseKeys(JSON.stringify({ keys: [asked] }));
  if (entry === undefined) throw new KeysFileError('No entry was made.');
  return { key, entry };
}

function listOf(words: string | undefined): string[] {
  return words?.split(',').map((word) => word.trim()) ?? [];
}

/** Prints the key, which is shown only now, and what to add to the keys file. Returns the exit code. */
export function main(words: readonly string[], print: (text: string) => void): number {
  try {
    const { key, entry } = makeKey(words);
    print(`The key, shown only this once:\n\n  ${key}\n\nAdd to the "keys" of API_KEYS_FILE:\n\n${JSON.stringify(entry, null, 2)}\n`);
    return 0;
  } catch (error) {
    print(`${error instanceof Error ? error.message.replace('API_KEYS_FILE', 'The command line') : String(error)}\nUsage: ${usage}\n`);
    return 1;
  }
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = main(process.argv.slice(2), (text) => process.stdout.write(text));
}
