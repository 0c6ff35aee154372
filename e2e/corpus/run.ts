/**
 * The round trip of every file of a folder with a MANIFEST.json through the built application:
 *
 *     node e2e/dist/corpus/run.js FOLDER
 *
 * FOLDER may also come from the environment, as CORPUS. Prints a line per failure and ends with `N passed, N failed`.
 */
import { resolve } from 'node:path';
import { runCorpus } from './run-corpus.js';

const folder = process.argv[2] ?? process.env['CORPUS'];
try {
  if (folder === undefined) throw new Error('There is no corpus: name a folder with a MANIFEST.json.');
  const { passed, failures, refused, notDerived } = await runCorpus(resolve(folder));
  const list = (title: string, lines: readonly string[]): void => {
    if (lines.length > 0) process.stdout.write(`${title}: ${lines.length}\n${lines.map((line) => `  ${line}\n`).join('')}`);
  };
  list('readable and refused, as it has to be', refused);
  list('no copy could be derived, not sent', notDerived);
  for (const failure of failures) process.stdout.write(`FAILED ${failure}\n`);
  process.stdout.write(`${passed} passed, ${failures.length} failed\n`);
  process.exitCode = failures.length === 0 && passed > 0 ? 0 : 1;
} catch (error) {
  process.stdout.write(`${error instanceof Error ? error.message : String(error)}\n0 passed, 1 failed\n`);
  process.exitCode = 1;
}
