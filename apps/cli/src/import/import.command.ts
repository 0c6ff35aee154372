import { lstat } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { type ReadableStream } from 'node:stream/web';
import { type Command, type Output, type Surroundings } from '../command.js';
import { askArchive, RefusedError, type ArchiveAddress } from '../operation/ask-archive.js';
import { followOperation, type OperationShown } from '../operation/follow-operation.js';
import { uploadCommand } from '../upload/upload.command.js';
import { describeFailure, describeProgress, resultsOf, writeCounts, type FailedFile } from './describe-import.js';
import { readOptions, standardUrl, type ImportOptions } from './read-options.js';

const help = `npx isocenter import [options] SOURCE[/FOLDER]
npx isocenter import [options] ./FOLDER

Brings existing files into an archive. A SOURCE is a folder or bucket that the archive itself reads, by the name that
IMPORT_SOURCES of its settings has; a folder of this machine is sent through the API, as "npx isocenter upload" does. What
the archive has already, byte for byte, is not stored twice: an import may be repeated at any time.

  --url URL      of the archive; ${standardUrl} if not given
                 a partition: http://127.0.0.1:8080/v2/partitions/NAME
  --key KEY      API key with the permission admin, for a folder of this machine write; better in the environment
                 variable ISOCENTER_KEY, where no list of processes shows it
  --follow ID    shows an import that was started before
  --resume FILE  for a folder of this machine: journal of what is done

Ctrl-C leaves the import of a source running, and says how it is followed and ended.
It ends with 0 when every file is stored, 1 when not, 2 when the command line is wrong, 130 after Ctrl-C.
`;

export const importCommand: Command = { summary: 'brings a folder or bucket, of the archive or of this machine, into an archive', help, run };

async function run(words: readonly string[], surroundings: Surroundings): Promise<number> {
  const options = readOptions(words, surroundings.env);
  try {
    return await importWhat(options, surroundings);
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    surroundings.stderr.write(`${error.message}\n`);
    return 1;
  }
}

async function importWhat(options: ImportOptions, surroundings: Surroundings): Promise<number> {
  const { what, follow, resume } = options;
  if (what === undefined) return followImport(options, follow!, `import ${follow}`, surroundings);
  if (resume !== undefined || isPath(what)) return uploadFolder(options, what, surroundings);
  let id: string;
  try {
    id = await startImport(options, what);
  } catch (error) {
    if (!(error instanceof RefusedError && (error.status === 400 || error.status === 403) && (await isThere(what)))) throw error;
    surroundings.stderr.write(`${what} is no source that the archive lets you import, but a path of this machine: its files are sent.\n`);
    return uploadFolder(options, what, surroundings);
  }
  return followImport(options, id, what, surroundings);
}

/** What cannot be the name of a source. */
const isPath = (what: string): boolean => /^(\.{0,2}\/|\.{1,2}$)/.test(what);

async function startImport(archive: ArchiveAddress, what: string): Promise<string> {
  const [source, ...folder] = what.split('/');
  const answer = await askArchive(archive, 'POST', '/import', { source, prefix: folder.join('/') });
  return ((await answer.json()) as { id: string }).id;
}

async function followImport({ url, key }: ImportOptions, id: string, what: string, { stdout, stderr, onInterrupt }: Surroundings): Promise<number> {
  // Operations are of no partition.
  const archive = { url: new URL(url.href.replace(/\/partitions\/[^/]+$/, '')), key };
  const leaving = new AbortController();
  const stopListening = onInterrupt(() => leaving.abort());
  try {
    const ended = await followOperation(archive, id, stderr, describeProgress, leaving.signal);
    await printReport(archive, id, what, ended, stdout);
    return ended.status === 'succeeded' && resultsOf(ended).failed === 0 ? 0 : 1;
  } catch (error) {
    if (!leaving.signal.aborted && !(error instanceof RefusedError)) throw error;
    stderr.write(leaving.signal.aborted ? '\n' : `${(error as Error).message}\n`);
    stdout.write(`The import goes on in the archive. To see how far it is:\n  npx isocenter import --url ${archive.url.href} --follow ${id}\nDELETE ${archive.url.href}/operations/${id} ends it.\n`);
    return leaving.signal.aborted ? 130 : 1;
  } finally {
    stopListening();
  }
}

/** Counts, then all that failed, line by line: there may be many. */
async function printReport(archive: ArchiveAddress, id: string, what: string, ended: OperationShown, stdout: Output): Promise<void> {
  stdout.write(writeCounts(what, ended));
  if (resultsOf(ended).failed === 0) return;
  stdout.write('\nFailed:\n');
  const { body } = await askArchive(archive, 'GET', `/import/${id}`);
  if (body) for await (const line of createInterface({ input: Readable.fromWeb(body as ReadableStream) })) stdout.write(`${describeFailure(JSON.parse(line) as FailedFile)}\n`);
}

/** Under /dicom-web every transfer syntax is accepted, as an import does. */
function uploadFolder({ url, key, resume }: ImportOptions, path: string, surroundings: Surroundings): Promise<number> {
  const words = ['--url', url.href.replace(/\/v2(?=$|\/partitions\/[^/]+$)/, '/dicom-web'), ...(resume === undefined ? [] : ['--resume', resume]), path];
  return uploadCommand.run(words, { ...surroundings, env: { ...surroundings.env, ISOCENTER_KEY: key } });
}

const isThere = (path: string): Promise<boolean> => lstat(path).then(() => true, () => false);
