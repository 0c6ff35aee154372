import { close, open, read } from 'node:fs';
import { mkdir, open as openHandle, readdir, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { countDropped } from './metrics.js';

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
/** What a file takes of a disk at least, and what it is rounded to. */
const BLOCK_BYTES = 4096;
/** What is known of a result stands in memory: some hundred bytes. */
const MAX_RESULTS = 100_000;
/** The part of what may be kept that one result may be. */
export const SHARE = 8;
const FOLDERS = 256;
const NOTHING = Buffer.alloc(0);

const openFile = promisify(open);
const readFile = promisify(read);
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

  private constructor(private readonly folder: string, private readonly limit: number) {}

  /** Empties the folder: what was kept by a former process may have been deleted since. */
  static async open(folder: string, limit: number): Promise<ResultFiles> {
    await rm(folder, { recursive: true, force: true });
    for (let at = 0; at < FOLDERS; at += 1) await mkdir(join(folder, String(at)), { recursive: true, mode: 0o700 });
    return new ResultFiles(folder, limit);
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
    // Removed since, or the disk fails: it is made anew.
    return this.read(kept).catch(() => undefined);
  }

  /** Resolves with whether it is kept. A disk that is full or fails keeps nothing, and hurts nobody. */
  async keep(key: string, owner: string, { head, bytes }: { readonly head: string; readonly bytes: Buffer }): Promise<boolean> {
    const tail = Buffer.from(head);
    const size = sizeOf(bytes.length + tail.length);
    if (size > this.limit / SHARE) return false;
    this.reserved += size;
    const file = this.made++;
    try {
      await this.makeRoom();
      await writeWhole(this.pathOf(file), [bytes, tail]);
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
    const keys = this.owned.get(kept.owner)!;
    keys.delete(key);
    if (keys.size === 0) this.owned.delete(kept.owner);
    const removed = unlink(this.pathOf(kept.file)).catch(() => undefined).then(() => {
      this.reserved -= sizeOf(kept.length + kept.headLength);
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

  private async read({ file, length, headLength }: Kept): Promise<Result> {
    const fd = await openFile(this.pathOf(file), 'r');
    if (length > WHOLE_BYTES) {
      const head = await readHead(fd, length, headLength);
      const bytes = readParts(fd, length);
      // Begun, so that its end closes the file, also when nothing is read.
      await bytes.next();
      return { head, length, bytes };
    }
    try {
      const whole = Buffer.allocUnsafeSlow(length + headLength);
      await readAt(fd, whole, 0);
      return { head: whole.toString('utf8', length), length, bytes: whole.subarray(0, length) };
    } finally {
      close(fd);
    }
  }
}

/** Folders of processes that are no more. */
export async function sweepFolders(folder: string): Promise<void> {
  for (const name of await readdir(folder).catch(() => [])) {
    const pid = Number(/^[a-z-]+-(\d+)$/.exec(name)?.[1]);
    if (Number.isInteger(pid) && !isRunning(pid)) await rm(join(folder, name), { recursive: true, force: true });
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

function sizeOf(length: number): number {
  return (Math.ceil(length / BLOCK_BYTES) + 1) * BLOCK_BYTES;
}

async function writeWhole(file: string, buffers: readonly Buffer[]): Promise<void> {
  const handle = await openHandle(file, 'wx', 0o600);
  try {
    for (const buffer of buffers) for (let at = 0; at < buffer.length; ) at += (await handle.write(buffer, at)).bytesWritten;
  } finally {
    await handle.close();
  }
}

async function readAt(fd: number, into: Buffer, position: number): Promise<void> {
  const { bytesRead } = await readFile(fd, into, 0, into.length, position);
  if (bytesRead !== into.length) throw new Error('The file of a result is shorter than it was written.');
}

async function readHead(fd: number, position: number, length: number): Promise<string> {
  const head = Buffer.alloc(length);
  try {
    await readAt(fd, head, position);
  } catch (error) {
    close(fd);
    throw error;
  }
  return head.toString('utf8');
}

async function* readParts(fd: number, length: number): AsyncGenerator<Buffer, void, void> {
  try {
    yield NOTHING;
    const part = Buffer.allocUnsafeSlow(PART_BYTES);
    for (let at = 0; at < length; at += PART_BYTES) {
      const bytes = part.subarray(0, Math.min(PART_BYTES, length - at));
      await readAt(fd, bytes, at);
      yield bytes;
    }
  } finally {
    await closeFile(fd);
  }
}
