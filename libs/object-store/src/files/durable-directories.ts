import { closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { codeOf, makeDirectory, removeDirectory, syncAll, tolerating } from './file-calls.js';

interface Syncing {
  running: Promise<void>;
  next: Promise<void> | undefined;
}

const mostKnown = 10_000;

/** Makes directories and their entries outlive a power loss, with as few fsyncs as will do. */
export class DurableDirectories {
  /** Known to exist and to be entered durably in their parents; the oldest is forgotten first. */
  readonly #known = new Set<string>();
  readonly #syncing = new Map<string, Syncing>();
  /** How many writers are about to enter something at or below each directory: it is not taken away meanwhile. */
  readonly #holders = new Map<string, number>();
  readonly #removing = new Map<string, Promise<boolean>>();

  constructor(private readonly root: string) {}

  /** Keeps `directory` and those above it from being removed until `letGo`. To be called before `ensure`. */
  hold(directory: string): void {
    for (const path of this.#pathTo(directory)) this.#holders.set(path, (this.#holders.get(path) ?? 0) + 1);
  }

  letGo(directory: string): void {
    for (const path of this.#pathTo(directory)) {
      const holders = (this.#holders.get(path) ?? 0) - 1;
      if (holders > 0) this.#holders.set(path, holders);
      else this.#holders.delete(path);
    }
  }

  /** Whether `directory` is gone: not when it has entries or a writer holds it. */
  removeIfEmpty(directory: string): Promise<boolean> {
    if (directory === this.root || this.#holders.has(directory)) return Promise.resolve(false);
    this.#known.delete(directory);
    const removing = tolerating(['ENOTEMPTY', 'EEXIST'], tolerating(['ENOENT'], removeDirectory(directory)))
      .finally(() => this.#removing.delete(directory));
    this.#removing.set(directory, removing);
    return removing;
  }

  /** Resolves when `directory`, at or below the root, is there and so is, durably, every entry on the way to it. */
  async ensure(directory: string): Promise<void> {
    if (this.#isKnown(directory)) return;
    try {
      await this.#make(directory);
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error;
      // One that was known has been removed since.
      this.forget(directory);
      await this.#make(directory);
    }
  }

  /** After a directory was found to be gone: it and what stands above it are looked at again. */
  forget(directory: string): void {
    for (const path of this.#pathTo(directory)) this.#known.delete(path);
  }

  /**
   * Resolves when all changes to the entries of `directory` that were done before the call are durable. Callers that
   * come while an fsync runs share the next one: it begins after their changes, so it covers them.
   */
  sync(directory: string): Promise<void> {
    const syncing = this.#syncing.get(directory);
    if (!syncing) return this.#startSync(directory);
    const startNext = (): Promise<void> => this.#startSync(directory);
    syncing.next ??= syncing.running.then(startNext, startNext);
    return syncing.next;
  }

  #startSync(directory: string): Promise<void> {
    const syncing: Syncing = { running: syncDirectory(directory), next: undefined };
    this.#syncing.set(directory, syncing);
    const settle = (): void => {
      if (!syncing.next) this.#syncing.delete(directory);
    };
    syncing.running.then(settle, settle);
    return syncing.running;
  }

  async #make(directory: string): Promise<void> {
    const made = this.#pathTo(directory).filter((path) => !this.#isKnown(path)).reverse();
    for (const path of made) {
      await this.#removing.get(path)?.catch(() => undefined);
      await tolerating(['EEXIST'], makeDirectory(path));
    }
    // Also those that existed: whoever made them may have died before this fsync.
    await Promise.all(made.map((path) => this.sync(dirname(path))));
    for (const path of made) this.#remember(path);
  }

  /** `directory` and those above it, without the root. */
  #pathTo(directory: string): string[] {
    const paths: string[] = [];
    for (let path = directory; path !== this.root; path = dirname(path)) paths.push(path);
    return paths;
  }

  #isKnown(directory: string): boolean {
    return directory === this.root || this.#known.has(directory);
  }

  #remember(directory: string): void {
    this.#known.add(directory);
    if (this.#known.size <= mostKnown) return;
    for (const oldest of this.#known) {
      this.#known.delete(oldest);
      return;
    }
  }
}

/** Opened and closed at once: a directory that is known is in memory, and a thread's round trip costs more than the call. */
const syncDirectory = async (directory: string): Promise<void> => {
  const fd = openSync(directory, 'r');
  try {
    await syncAll(fd);
  } finally {
    closeSync(fd);
  }
};
