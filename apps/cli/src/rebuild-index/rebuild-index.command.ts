import { type Command, type Surroundings } from '../command.js';
import { askArchive, RefusedError } from '../operation/ask-archive.js';
import { followOperation } from '../operation/follow-operation.js';
import { describeRebuild, progressOf, resultsOf } from './describe-rebuild.js';
import { readOptions, standardUrl, type RebuildOptions } from './read-options.js';

const help = `npx isocenter rebuild-index [options]

Makes metadata, index and change feed of an archive anew, of its objects and its journal. What is lost is brought back as it
was: what was deleted or replaced stays gone. What is there is made anew in its place, while it is in use. Prints a digest of
all that the archive answers: before and after it is the same.

  --url URL              of the archive; ${standardUrl} if not given
  --key KEY              API key with the permission admin; better in the environment variable ISOCENTER_KEY
  --restore-undecided    accepts the instances that an earlier rebuild told as undecided: their objects were written when the
                         journal had ended, so that nobody knows whether they were accepted. They are new changes
  --digest               changes nothing; prints the digest, to be compared with that of a rebuild or of a copy

Ctrl-C leaves the rebuild going on; DELETE …/operations/{id} cancels it, and the next one goes on from there.
It ends with 0 when everything was made anew, 1 when not, or when instances are undecided, 2 when the command line is wrong,
130 after Ctrl-C.
`;

export const rebuildIndexCommand: Command = { summary: 'makes metadata, index and feed anew, of objects and journal', help, run };

async function run(words: readonly string[], surroundings: Surroundings): Promise<number> {
  const options = readOptions(words, surroundings.env);
  try {
    return await rebuild(options, surroundings);
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    surroundings.stderr.write(`${error.message}\n`);
    return 1;
  }
}

async function rebuild(options: RebuildOptions, { stdout, stderr, onInterrupt }: Surroundings): Promise<number> {
  const started = await askArchive(options, 'POST', `/rebuild-index?task=${options.task}`);
  const { id } = (await started.json()) as { id: string };
  const leaving = new AbortController();
  const stopListening = onInterrupt(() => leaving.abort());
  try {
    const ended = await followOperation(options, id, stderr, (operation) => progressOf(resultsOf(operation)), leaving.signal);
    const results = resultsOf(ended);
    if (ended.status !== 'succeeded') stdout.write(`The rebuild ${id} ${ended.status === 'failed' ? `failed: ${ended.error}` : 'was canceled.'}\n`);
    stdout.write(describeRebuild(results));
    return ended.status === 'succeeded' && results.failed === 0 && results.undecided === 0 ? 0 : 1;
  } catch (error) {
    if (!leaving.signal.aborted) throw error;
    stdout.write(`The rebuild goes on: ${options.url.href}/operations/${id} tells how far it is.\n`);
    return 130;
  } finally {
    stopListening();
  }
}
