import { OperationFailedError } from '@isocenter/operations';
import { constants } from 'node:fs';
import { open, readdir, realpath, type FileHandle } from 'node:fs/promises';
import { isPassedOver } from './is-passed-over.js';
import { SourceFileError, type Found, type Source } from './source.js';

const CHUNK_BYTES = 256 * 1024;

interface Entry {
  /** Below the root; of a folder with a slash at its end. */
  readonly path: string;
  readonly kind: Found['kind'] | 'folder';
}

/**
 * Files below a folder. Links are not followed, wherever they lead: what is read is a plain file whose real path is the root
 * and its name. A folder's names are in memory at once, whole folders of them are not.
 */
export class FolderSource implements Source {
  private constructor(private readonly root: string, private readonly sourceName: string) {}

  /** Rejects with OperationFailedError when there is no such folder. */
  static async open(folder: string, sourceName: string): Promise<FolderSource> {
    const root = await realpath(folder).catch((cause: unknown) => {
      throw new OperationFailedError(`The folder of the source '${sourceName}' cannot be opened (${codeOf(cause)}).`, { cause });
    });
    return new FolderSource(root, sourceName);
  }

  async *list(folder: string, after: string): AsyncGenerator<Found> {
    if (!(await this.isItself(folder).catch(() => false))) throw new OperationFailedError(`There is no folder '${folder}' in the source '${this.sourceName}'; links are not followed.`);
    yield* this.walk(folder === '' ? '' : `${folder}/`, after);
  }

  async *read(name: string): AsyncGenerator<Buffer> {
    let file: FileHandle | undefined;
    try {
      if (!(await this.isItself(name))) throw new SourceFileError('It is a link, or stands behind one; links are not followed.');
      // A pipe that stands there now must not be waited for.
      file = await open(this.pathOf(name), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
      if (!(await file.stat()).isFile()) throw new SourceFileError('It is no file.');
      for (;;) {
        const { bytesRead, buffer } = await file.read({ buffer: Buffer.allocUnsafeSlow(CHUNK_BYTES) });
        if (bytesRead === 0) return;
        yield buffer.subarray(0, bytesRead);
      }
    } catch (error) {
      if (error instanceof SourceFileError || !isSystemError(error)) throw error;
      throw new SourceFileError(`It cannot be read (${codeOf(error)}).`, { cause: error });
    } finally {
      await file?.close();
    }
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** In the order of the code units of the paths: of a folder its slash counts. */
  private async *walk(within: string, after: string): AsyncGenerator<Found> {
    let entries: Entry[];
    try {
      entries = await this.entriesOf(within);
    } catch (error) {
      if (within > after) yield { name: within, kind: 'unreadable', why: `The folder cannot be read (${codeOf(error)}).` };
      return;
    }
    for (const { path, kind } of entries) {
      if (kind === 'folder') {
        if (path > after || after.startsWith(path)) yield* this.walk(path, after);
      } else if (path > after) {
        yield kind === 'unreadable' ? { name: path, kind, why: 'It is a link, a device or the like; links are not followed.' } : { name: path, kind };
      }
    }
  }

  private async entriesOf(within: string): Promise<Entry[]> {
    const found = await readdir(this.pathOf(within), { withFileTypes: true });
    const entries = found.map((entry): Entry => {
      const path = within + entry.name;
      if (isPassedOver(entry.name)) return { path, kind: 'passed-over' };
      if (entry.isDirectory()) return { path: `${path}/`, kind: 'folder' };
      return { path, kind: entry.isFile() ? 'file' : 'unreadable' };
    });
    return entries.sort((a, b) => (a.path < b.path ? -1 : 1));
  }

  private async isItself(name: string): Promise<boolean> {
    const path = this.pathOf(name);
    return (await realpath(path)) === path;
  }

  private pathOf(name: string): string {
    return name === '' ? this.root : `${this.root === '/' ? '' : this.root}/${name.replace(/\/$/, '')}`;
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'an error without a code';
}

function isSystemError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'syscall' in error;
}
