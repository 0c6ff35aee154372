import { createHash } from 'node:crypto';
import { close, open, read, writev } from 'node:fs';
import { mkdir, mkdtemp, readdir, rm, stat, unlink, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { countDropped } from './metrics.js';
import { RecentResults } from './recent-results.js';

/** What is kept, or was just made. */
export interface Result {
  /** What of it is no bytes, in words of whoever made it. */
  readonly head: string;
  readonly length: number;
  /** Large ones are read as they are asked for, and have to be ended; their chunks are lent: each is used before the next is asked for. */
  readonly bytes: Buffer | AsyncGenerator<Buffer, void, void>;
}

interface Kept {
  readonly file: number;
  readonly owner: string;
  readonly length: number;
  readonly headLength: number;
}

/** Above this a result is read in parts: what is held must not grow with it. */
const WHOLE_BYTES = 1024 * 1024;
const PART_BYTES = 256 * 1024;
/** Of results that are held in memory too. */
const RECENT_BYTES = 16 * 1024 * 1024;
/** What a file takes of a disk at least, and what it is rounded to. */
const BLOCK_BYTES = 4096;
/** What is known of a result stands in memory: some hundred bytes. */
const MAX_RESULTS = 100_000;
/** The part of what may be kept that one result may be. */
export const SHARE = 8;
const FOLDERS = 256;
/** Of the key, at the beginning of each file: what stands in it is never taken for something else. */
const SEAL_BYTES = 32;
/** What only a folder of results is called, whoever opened it. */
const OWN_NAME = /^[a-z-]+\.kept-[A-Za-z0-9]{6}$/;
/** Who gave no sign of life for so long is gone; signs are given every few seconds, and may be seen a minute late on a network's file system. */
const GONE_MS = 120_000;
const NOTHING = Buffer.alloc(0);

const openFile = promisify(open);
const readFile = promisify(read);
const writeFile = promisify(writev);
const closeFile = promisify(close);

/** Results in files of a folder that this process alone has, the least recently used ones removed when there is no room. Names of files say nothing. */
export class ResultFiles {
  /** By key; least recently used first. */
  private readonly kept = new Map<string, Kept>();
  /** Keys by owner. */
  private readonly owned = new Map<string, Set<string>>();
  private reserved = 0;
  private made = 0;
  private readonly removing = new Set<Promise<void>>();

  private constructor(private readonly folder: string, private readonly limit: number, private readonly recent: RecentResults) {}

  /**
   * A new folder below one that others may use too: processes of other containers have the same number.
   *
   * @param recentBytes of results that are held in memory too
   */
  static async open(below: string, name: string, limit: number, recentBytes = RECENT_BYTES): Promise<ResultFiles> {
    await mkdir(below, { recursive: true, mode: 0o700 });
    const folder = await mkdtemp(join(below, `${name}.kept-`));
    for (let at = 0; at < FOLDERS; at += 1) await mkdir(join(folder, String(at)), { mode: 0o700 });
    return new ResultFiles(folder, limit, new RecentResults(recentBytes));
  }

  /** Tells others that this process lives (`sweepFolders`). Rejects when the folder is gone. */
  async giveSign(): Promise<void> {
    const now = new Date();
    await utimes(this.folder, now, now);
  }

  /** Bytes on the disk, with what is being written. */
  get bytes(): number {
    return this.reserved;
  }

  get count(): number {
    return this.kept.size;
  }

  has(key: string): boolean {
    return this.kept.has(key);
  }

  /** Undefined, in the same turn, for what is not kept. */
  find(key: string): Promise<Result | undefined> | undefined {
    const kept = this.kept.get(key);
    if (kept === undefined) return undefined;
    this.kept.delete(key);
    this.kept.set(key, kept);
    const recent = this.recent.find(key);
    if (recent !== undefined) return Promise.resolve({ ...recent, length: recent.bytes.length });
    return this.readAgain(key, kept);
  }

  /** Undefined when it was removed since, or the disk fails: it is made anew. */
  private async readAgain(key: string, kept: Kept): Promise<Result | undefined> {
    const result = await this.read(key, kept).catch(() => undefined);
    if (result !== undefined && Buffer.isBuffer(result.bytes) && this.kept.get(key) === kept) this.recent.hold(key, { head: result.head, bytes: result.bytes });
    return result;
  }

  /** Resolves with whether it is kept. A disk that is full or fails keeps nothing, and hurts nobody. */
  async keep(key: string, owner: string, { head, bytes }: { readonly head: string; readonly bytes: Buffer }): Promise<boolean> {
    const tail = Buffer.from(head);
    const size = sizeOf(SEAL_BYTES + bytes.length + tail.length);
    if (size > this.limit / SHARE) return false;
    this.reserved += size;
    const file = this.made++;
    try {
      await this.makeRoom();
      await writeWhole(this.pathOf(file), [sealOf(key), bytes, tail]);
    } catch (error) {
      this.reserved -= size;
      countDropped('failed', 1);
      await unlink(this.pathOf(file)).catch(() => undefined);
      // Room for others, who need it more.
      if ((error as NodeJS.ErrnoException).code === 'ENOSPC') this.dropAll();
      return false;
    }
    // The same, made by somebody who was given up.
    this.drop(key);
    this.kept.set(key, { file, owner, length: bytes.length, headLength: tail.length });
    const keys = this.owned.get(owner);
    if (keys) keys.add(key);
    else this.owned.set(owner, new Set([key]));
    return true;
  }

  /** Drops what is kept of an owner, but for keys that are spared. */
  dropOwner(owner: string, isSpared: (key: string) => boolean): void {
    const keys = [...(this.owned.get(owner) ?? [])].filter((key) => !isSpared(key));
    for (const key of keys) this.drop(key);
    countDropped('changed', keys.length);
  }

  dropAll(): void {
    for (const key of this.kept.keys()) this.drop(key);
  }

  drop(key: string): void {
    const kept = this.kept.get(key);
    if (kept === undefined) return;
    this.kept.delete(key);
    this.recent.drop(key);
    const keys = this.owned.get(kept.owner)!;
    keys.delete(key);
    if (keys.size === 0) this.owned.delete(kept.owner);
    const removed = unlink(this.pathOf(kept.file)).catch(() => undefined).then(() => {
      this.reserved -= sizeOf(SEAL_BYTES + kept.length + kept.headLength);
      this.removing.delete(removed);
    });
    this.removing.add(removed);
  }

  /** Files that are being removed are gone. */
  async settled(): Promise<void> {
    await Promise.all(this.removing);
  }

  async close(): Promise<void> {
    this.kept.clear();
    this.recent.clear();
    this.owned.clear();
    await this.settled();
    await rm(this.folder, { recursive: true, force: true });
  }

  private async makeRoom(): Promise<void> {
    while (this.kept.size > 0 && (this.reserved > this.limit || this.kept.size >= MAX_RESULTS)) {
      const [oldest] = this.kept.keys();
      this.drop(oldest!);
      countDropped('room', 1);
      await this.settled();
    }
  }

  private pathOf(file: number): string {
    return join(this.folder, String(file % FOLDERS), String(file));
  }

  private async read(key: string, { file, length, headLength }: Kept): Promise<Result> {
    const fd = await openFile(this.pathOf(file), 'r');
    let isLent = false;
    try {
      if (length <= WHOLE_BYTES) {
        const whole = await readAt(fd, SEAL_BYTES + length + headLength, 0);
        checkSeal(key, whole);
        return { head: whole.toString('utf8', SEAL_BYTES + length), length, bytes: whole.subarray(SEAL_BYTES, SEAL_BYTES + length) };
      }
      checkSeal(key, await readAt(fd, SEAL_BYTES, 0));
      const head = (await readAt(fd, headLength, SEAL_BYTES + length)).toString('utf8');
      const bytes = readParts(fd, length);
      // Begun, so that its end closes the file, also when nothing is read.
      isLent = true;
      await bytes.next();
      return { head, length, bytes };
    } finally {
      if (!isLent) close(fd);
    }
  }
}

/**
 * Removes folders of processes that are gone. Nothing but what `ResultFiles.open` made below the folder is touched. One that was only away
 * for long loses what it kept, and makes it anew.
 */
export async function sweepFolders(below: string): Promise<void> {
  for (const one of await readdir(below, { withFileTypes: true })) {
    if (!one.isDirectory() || !OWN_NAME.test(one.name)) continue;
    const folder = join(below, one.name);
    // Somebody else may remove it at the same time.
    const signMs = await stat(folder).then(({ mtimeMs }) => mtimeMs, () => Infinity);
    if (signMs < Date.now() - GONE_MS) await rm(folder, { recursive: true, force: true });
  }
}

function sealOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

function checkSeal(key: string, bytes: Buffer): void {
  if (!bytes.subarray(0, SEAL_BYTES).equals(sealOf(key))) throw new Error('The file of a result is not that of its key.');
}

function sizeOf(length: number): number {
  return (Math.ceil(length / BLOCK_BYTES) + 1) * BLOCK_BYTES;
}

async function writeWhole(file: string, buffers: readonly Buffer[]): Promise<void> {
  const fd = await openFile(file, 'wx', 0o600);
  try {
    let left = buffers.filter(({ length }) => length > 0);
    while (left.length > 0) left = restOf(left, (await writeFile(fd, left)).bytesWritten);
  } finally {
    await closeFile(fd);
  }
}

function restOf(buffers: Buffer[], written: number): Buffer[] {
  return buffers.map((buffer, at) => buffer.subarray(Math.max(0, written - buffers.slice(0, at).reduce((sum, { length }) => sum + length, 0)))).filter(({ length }) => length > 0);
}

async function readAt(fd: number, length: number, position: number, into = Buffer.allocUnsafeSlow(length)): Promise<Buffer> {
  const { bytesRead } = await readFile(fd, into, 0, length, position);
  if (bytesRead !== length) throw new Error('The file of a result is shorter than it was written.');
  return into;
}

async function* readParts(fd: number, length: number): AsyncGenerator<Buffer, void, void> {
  try {
    yield NOTHING;
    const part = Buffer.allocUnsafeSlow(PART_BYTES);
    for (let at = 0; at < length; at += PART_BYTES) {
      const wanted = Math.min(PART_BYTES, length - at);
      await readAt(fd, wanted, SEAL_BYTES + at, part);
      yield part.subarray(0, wanted);
    }
  } finally {
    await closeFile(fd);
  }
}
