import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { type ReadableStream } from 'node:stream/web';
import { type Command, type Surroundings } from '../command.js';
import { askArchive, RefusedError } from '../operation/ask-archive.js';
import { followOperation, type OperationShown } from '../operation/follow-operation.js';
import { describeFinding, type Finding } from './describe-finding.js';
import { readOptions, standardUrl, type CheckOptions } from './read-options.js';

const help = `npx isocenter check [options]

Compares what an archive has in several places with itself, of all partitions, while it is in use: metadata, objects, change
feed and journal, in both directions. Prints each difference as a line.

  --url URL    of the archive; ${standardUrl} if not given
  --key KEY    API key with the permission admin; better in the environment variable ISOCENTER_KEY
  --repair     mends what can be mended without inventing anything; of the rest the line says what is to be done
  --digest     reads the bytes of all objects and compares their SHA-256; otherwise whether they are there, and their size

Ctrl-C ends the check; what it has mended stays.
It ends with 0 when no difference is left, 1 when one is or the check could not end, 2 when the command line is wrong, 130 after Ctrl-C.
`;

export const checkCommand: Command = { summary: 'compares metadata, objects and change feed of an archive, and mends them', help, run };

interface Results {
  readonly checked: Readonly<Record<string, number>>;
  readonly differences: Readonly<Record<string, number>>;
  readonly left: number;
}

async function run(words: readonly string[], surroundings: Surroundings): Promise<number> {
  const options = readOptions(words, surroundings.env);
  try {
    return await check(options, surroundings);
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    surroundings.stderr.write(`${error.message}\n`);
    return 1;
  }
}

async function check(options: CheckOptions, { stdout, stderr, onInterrupt }: Surroundings): Promise<number> {
  const started = await askArchive(options, 'POST', `/check?repair=${options.repair}&objects=${options.digest ? 'digest' : 'presence'}`);
  const { id } = (await started.json()) as { id: string };
  let isInterrupted = false;
  const stopListening = onInterrupt(() => {
    isInterrupted = true;
    askArchive(options, 'DELETE', `/operations/${id}`).catch((error: unknown) => stderr.write(`${(error as Error).message}\n`));
  });
  const ended = await followOperation(options, id, stderr, (operation) => sumOf(resultsOf(operation))).finally(stopListening);
  await printReport(options, id, (line) => stdout.write(`${line}\n`));
  const results = resultsOf(ended);
  stdout.write(`${ended.status === 'succeeded' ? '' : `The check ${id} ${ended.status === 'failed' ? `failed: ${ended.error}` : 'was canceled.'}\n`}${sumOf(results)}\n`);
  if (isInterrupted) return 130;
  return ended.status === 'succeeded' && results.left === 0 ? 0 : 1;
}

function resultsOf({ results }: OperationShown): Results {
  return { checked: {}, differences: {}, left: 0, ...(results as Partial<Results> | undefined) };
}

/** `Checked: 12 instances. No difference.` */
function sumOf({ checked, differences, left }: Results): string {
  const parts = Object.entries(checked).map(([of, count]) => `${count} ${of}`);
  const found = Object.values(differences).reduce((sum, count) => sum + count, 0);
  return `Checked: ${parts.join(', ') || 'nothing'}. ${found === 0 ? 'No difference.' : `${found} ${found === 1 ? 'difference' : 'differences'}, ${found - left} mended, ${left} left.`}`;
}

/** Line by line: there may be many. */
async function printReport(options: CheckOptions, id: string, print: (line: string) => void): Promise<void> {
  const { body } = await askArchive(options, 'GET', `/check/${id}`);
  if (!body) return;
  for await (const line of createInterface({ input: Readable.fromWeb(body as ReadableStream) })) print(describeFinding(JSON.parse(line) as Finding));
}
