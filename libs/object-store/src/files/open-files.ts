import { closeFile, openFile } from './file-calls.js';

interface OpenFile {
  readonly fd: Promise<number>;
  users: number;
  dropped: boolean;
}

export interface Lease {
  readonly fd: number;
  /** Once. */
  release(): void;
}

/** Descriptors that stay open between reads of one file: a frame is then one pread. The least recently used goes. */
export class OpenFiles {
  readonly #files = new Map<string, OpenFile>();

  constructor(private readonly capacity: number) {}

  /** Rejects as `open` does. */
  async lease(path: string): Promise<Lease> {
    const file = this.#files.get(path) ?? { fd: openFile(path, 'r'), users: 0, dropped: false };
    this.#files.delete(path);
    this.#files.set(path, file);
    file.users += 1;
    this.#dropOldest();
    try {
      return { fd: await file.fd, release: () => this.#release(file) };
    } catch (error) {
      file.dropped = true;
      if (this.#files.get(path) === file) this.#files.delete(path);
      throw error;
    }
  }

  /** Before a file is removed: its space is free once the last lease ends. */
  drop(path: string): void {
    const file = this.#files.get(path);
    if (!file) return;
    this.#files.delete(path);
    file.dropped = true;
    this.#closeIfUnused(file);
  }

  dropAll(): void {
    for (const path of [...this.#files.keys()]) this.drop(path);
  }

  #dropOldest(): void {
    if (this.#files.size <= this.capacity) return;
    for (const path of this.#files.keys()) {
      this.drop(path);
      break;
    }
  }

  #release(file: OpenFile): void {
    file.users -= 1;
    this.#closeIfUnused(file);
  }

  #closeIfUnused(file: OpenFile): void {
    if (!file.dropped || file.users > 0) return;
    // A read-only descriptor has nothing to lose: neither the open nor the close can fail anybody any more.
    void file.fd.then(closeFile).catch(() => undefined);
  }
}
