import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Outcome } from './outcome.js';
import { UsageError } from '../usage-error.js';
import { type FoundFile } from './walk-files.js';

interface Line {
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
}

/** The first line of a file: what it is, and of uploads to where. */
interface Head {
  readonly journal: 'isocenter upload';
  readonly url: string;
}

/**
 * What is done, a line of JSON each: a file that changed since is another one. A line that was cut off when a run broke counts
 * for nothing: its file is sent again, and the archive has it already.
 */
export class Journal {
  /** Digests of the keys: what a run of millions of files remembers of each is a few bytes. */
  readonly #done = new Set<string>();
  #last: Promise<unknown> = Promise.resolve();

  private constructor(private readonly file: FileHandle) {}

  /** Opens or begins the file. Throws `UsageError` when it is of something else, or cannot be written. */
  static async open(path: string, url: URL): Promise<Journal> {
    const file = await open(path, 'a+').catch((error: unknown) => {
      throw new UsageError(`The journal ${path} cannot be opened: ${(error as Error).message}.`, { cause: error });
    });
    const journal = new Journal(file);
    try {
      await journal.#take(path, url);
      return journal;
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  get size(): number {
    return this.#done.size;
  }

  has(file: FoundFile): boolean {
    return this.#done.has(digestOf(lineOf(file)));
  }

  /** Resolves when the line is written; lines are whole, and one after the other. */
  async add(file: FoundFile, { kind }: Outcome): Promise<void> {
    await this.#append({ ...lineOf(file), outcome: kind });
  }

  async close(): Promise<void> {
    await this.#last;
    await this.file.sync();
    await this.file.close();
  }

  async #take(path: string, url: URL): Promise<void> {
    let head: Partial<Head> | undefined;
    for await (const text of this.file.readLines({ start: 0, autoClose: false })) {
      const line = parse(text);
      if (head === undefined) {
        head = line as Partial<Head>;
        if (head.journal !== 'isocenter upload') throw new UsageError(`${path} is not a journal of uploads; --resume names one, or a file that is not there yet.`);
        if (head.url !== url.href) throw new UsageError(`The journal ${path} is of uploads to ${head.url}, and --url is ${url.href}; each archive has a journal of its own.`);
      } else if (isLine(line)) {
        this.#done.add(digestOf(line));
      }
    }
    if (head === undefined) await this.#append({ journal: 'isocenter upload', url: url.href } satisfies Head);
    // Ends a line that was cut off.
    else await this.file.appendFile('\n');
  }

  #append(line: object): Promise<unknown> {
    const written = this.#last.then(() => this.file.appendFile(`${JSON.stringify(line)}\n`));
    this.#last = written.catch(() => undefined);
    return written;
  }
}

const lineOf = ({ path, size, mtimeMs }: FoundFile): Line => ({ path: resolve(path), size, mtimeMs });

const digestOf = ({ path, size, mtimeMs }: Line): string => createHash('sha256').update(`${path}\0${size}\0${mtimeMs}`).digest().toString('latin1', 0, 16);

function isLine(value: Partial<Line>): value is Line {
  return typeof value.path === 'string' && typeof value.size === 'number' && typeof value.mtimeMs === 'number';
}

function parse(text: string): Partial<Head & Line> {
  try {
    return (JSON.parse(text) ?? {}) as Partial<Head & Line>;
  } catch {
    return {};
  }
}
