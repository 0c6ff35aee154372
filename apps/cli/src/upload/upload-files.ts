import { open } from 'node:fs/promises';
import { type Journal } from './journal.js';
import { isDone, type Outcome } from './outcome.js';
import { readHead } from './read-head.js';
import { recognizeDicom } from './recognize-dicom.js';
import { RunEndedError, storeFile, type StoreFile } from './store-file.js';
import { type Tally } from './tally.js';
import { walkFiles, type Found, type FoundFile } from './walk-files.js';

export interface UploadFiles extends Omit<StoreFile, 'onSent' | 'storedSince'> {
  readonly paths: readonly string[];
  readonly parallel: number;
  readonly journal: Journal | undefined;
  readonly tally: Tally;
}

/**
 * Every file below the paths, some at once; what becomes of each goes into the tally. Resolves when all are through, or when
 * those that had begun are, with the reason why no more did.
 */
export async function uploadFiles(run: UploadFiles): Promise<RunEndedError | undefined> {
  const { tally } = run;
  const found = walkFiles(run.paths);
  const over = new AbortController();
  const stopping = AbortSignal.any([run.stopping, over.signal]);
  const use: StoreFile = {
    ...run, stopping,
    onSent: (bytes) => void (tally.inFlight += bytes),
    storedSince: (ms) => tally.storedSince(ms),
  };
  const work = async (): Promise<void> => {
    for (;;) {
      if (stopping.aborted) throw new RunEndedError();
      const { value, done } = await found.next();
      if (done) return;
      const outcome = await takeOne(value, run, use);
      if (value.kind === 'file') tally.add(value.file.path, value.file.size, outcome);
      else tally.add(value.passed.path, 0, outcome);
    }
  };
  let ended: unknown;
  const end = (error: unknown): void => {
    ended ??= error;
    over.abort();
  };
  await Promise.all(Array.from({ length: run.parallel }, () => work().catch(end)));
  await found.return(undefined);
  if (ended === undefined || ended instanceof RunEndedError) return ended;
  throw ended;
}

async function takeOne(found: Found, { journal }: UploadFiles, use: StoreFile): Promise<Outcome> {
  if (found.kind === 'passed') return { kind: found.passed.failed ? 'failed' : 'not-dicom', why: found.passed.why };
  const { file } = found;
  if (journal?.has(file)) return { kind: 'done-before' };
  const outcome = await takeFile(file, use);
  if (journal && isDone(outcome)) await journal.add(file, outcome).catch(endWithoutJournal);
  return outcome;
}

function endWithoutJournal(error: unknown): never {
  throw new RunEndedError(`The journal cannot be written: ${(error as Error).message}.`);
}

async function takeFile({ path, size }: FoundFile, use: StoreFile): Promise<Outcome> {
  let file;
  try {
    file = await open(path);
  } catch (error) {
    return { kind: 'failed', why: `It cannot be read: ${(error as Error).message}.` };
  }
  try {
    const recognized = recognizeDicom(await readHead(file), size);
    if (recognized === 'directory') return { kind: 'not-dicom', why: 'It is a DICOMDIR, the table of contents of a medium; the instances beside it are uploaded.' };
    if (recognized === 'other') return { kind: 'not-dicom', why: size === 0 ? 'It is empty.' : 'It does not begin as a DICOM file does.' };
    return await storeFile({ file, size }, use);
  } finally {
    await file.close();
  }
}
