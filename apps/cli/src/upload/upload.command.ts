import { lstat } from 'node:fs/promises';
import { type Command, type Surroundings } from '../command.js';
import { UsageError } from '../usage-error.js';
import { countFiles } from './count-files.js';
import { Journal } from './journal.js';
import { readOptions, standardUrl, type UploadOptions } from './read-options.js';
import { createSender } from './send-instance.js';
import { showProgress } from './show-progress.js';
import { type RunEndedError } from './store-file.js';
import { Tally } from './tally.js';
import { uploadFiles } from './upload-files.js';
import { filesInWords } from './words.js';
import { writeReport } from './write-report.js';

const help = `npx isocenter upload [options] FILE or FOLDER …

Stores DICOM files, and those below folders, in an archive by STOW-RS. What is no DICOM by its content is skipped. A file
that the archive has already, byte for byte, is not stored twice: a run may be repeated at any time.

  --url URL         of the archive; ${standardUrl} if not given
                    a partition: http://127.0.0.1:8080/v2/partitions/NAME
  --key KEY         API key; better in the environment variable ISOCENTER_KEY, where no list of processes shows it
  --parallel N      requests at once, 1 to 64; 4 if not given
  --retries N       how often a file is sent again while the archive cannot store anything; 10, about three minutes
  --resume FILE     journal of what is done: a run that ended early goes on from there; it is begun if it is not there

Ctrl-C ends it when the files in flight are through, a second Ctrl-C at once.
It ends with 0 when every DICOM file is stored, 1 when not, 2 when the command line is wrong, 130 after Ctrl-C.
`;

export const uploadCommand: Command = { summary: 'stores files and folders in an archive, through its API', help, run };

async function run(words: readonly string[], surroundings: Surroundings): Promise<number> {
  const options = readOptions(words, surroundings.env);
  for (const path of options.paths) await lstat(path).catch((error: unknown) => refusePath(path, error));
  const journal = options.resume === undefined ? undefined : await Journal.open(options.resume, options.url);
  try {
    return await upload(options, journal, surroundings);
  } finally {
    await journal?.close();
  }
}

function refusePath(path: string, error: unknown): never {
  const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
  throw new UsageError(isMissing ? `There is no file or folder ${path}.` : `${path} cannot be read: ${(error as Error).message}.`, { cause: error });
}

async function upload(options: UploadOptions, journal: Journal | undefined, { stderr, stdout, onInterrupt }: Surroundings): Promise<number> {
  const begun = performance.now();
  const { paths, url, key, parallel, retries } = options;
  const [tally, counted] = [new Tally(), { files: 0, bytes: 0, complete: false }];
  const [stopping, aborting] = [new AbortController(), new AbortController()];
  const progress = showProgress(stderr, tally, counted);
  const sender = createSender(url, key, parallel);
  if (journal && journal.size > 0) progress.note(`${filesInWords(journal.size)} in the journal ${options.resume} are done.`);
  const stopListening = onInterrupt(interruptions(() => {
    progress.note('Finishing the files in flight; Ctrl-C again ends it at once.');
    stopping.abort();
  }, () => aborting.abort()));
  const counting = countFiles(paths, counted, stopping.signal);
  const onWait = (why: string): void => progress.note(`${why} Trying again.`);
  let ended: RunEndedError | undefined;
  try {
    ended = await uploadFiles({ paths, url, sender, parallel, retries, journal, tally, onWait, stopping: stopping.signal, aborting: aborting.signal });
  } finally {
    stopping.abort();
    await counting;
    stopListening();
    sender.close();
    progress.end();
  }
  const interrupted = ended !== undefined && ended.why === undefined;
  const nothing = tally.files === tally.counts['not-dicom'];
  const complete = !ended && !nothing && tally.counts.failed === 0;
  const goOn = ended || tally.counts.failed > 0 ? howToGoOn(options) : nothing ? 'There was no DICOM file.' : undefined;
  stdout.write(writeReport(tally, url, { ms: performance.now() - begun, early: ended && (ended.why ?? ''), goOn }));
  return complete ? 0 : interrupted ? 130 : 1;
}

/** Signals that come at once count as one: npx passes on what the terminal has sent to all. */
function interruptions(first: () => void, second: () => void): () => void {
  const SAME_MS = 500;
  let at: number | undefined;
  return () => {
    const now = performance.now();
    if (at === undefined) first();
    else if (now - at > SAME_MS) second();
    at ??= now;
  };
}

/** The command again, without the key. */
function howToGoOn({ paths, url, parallel, resume }: UploadOptions): string {
  const words = [...(url.href === standardUrl ? [] : ['--url', url.href]), ...(parallel === 4 ? [] : ['--parallel', String(parallel)]), '--resume', resume ?? 'upload.journal', ...paths];
  const again = `npx isocenter upload ${words.map(quote).join(' ')}`;
  if (resume !== undefined) return `To go on with what is not stored:\n  ${again}`;
  return `To go on, run it again: what is stored is not stored twice. With a journal, from then on it is not sent twice either:\n  ${again}`;
}

const quote = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);
