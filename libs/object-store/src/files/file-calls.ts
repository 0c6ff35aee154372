import fs from 'node:fs';
import { promisify } from 'node:util';
import { ObjectNotFoundError, ObjectStoreUnavailableError } from '../object-store-errors.js';

/** Calls on plain descriptors: a `FileHandle` costs an object, a finalizer and more microtasks for each of them. */
export const openFile = promisify(fs.open);
export const closeFile = promisify(fs.close);
export const syncData = promisify(fs.fdatasync);
export const syncAll = promisify(fs.fsync);
export const statFile = promisify(fs.stat);
export const statOpenFile = promisify(fs.fstat);
export const renameFile = promisify(fs.rename);
export const unlinkFile = promisify(fs.unlink);
export const makeDirectory: (path: string) => Promise<void> = promisify(fs.mkdir);
export const removeDirectory: (path: string) => Promise<void> = promisify(fs.rmdir);

/** How many bytes arrived in `into`, from `offset` of the file; fewer than fit only at the end of the file. */
export const readFully = async (fd: number, into: Buffer, offset: number): Promise<number> => {
  let filled = 0;
  while (filled < into.length) {
    const count = await readOnce(fd, into, filled, offset + filled);
    if (count === 0) break;
    filled += count;
  }
  return filled;
};

const readOnce = (fd: number, into: Buffer, at: number, offset: number): Promise<number> =>
  new Promise((resolve, reject) => {
    fs.read(fd, into, at, into.length - at, offset, (error, count) => (error ? reject(error) : resolve(count)));
  });

/** Appends all of the buffers. The system may take a part of them, last of all when the disk is nearly full. */
export const writeFully = async (fd: number, buffers: readonly Buffer[]): Promise<void> => {
  let rest = buffers;
  while (rest.length > 0) rest = withoutFirst(rest, await writeOnce(fd, rest));
};

const writeOnce = (fd: number, buffers: readonly Buffer[]): Promise<number> =>
  new Promise((resolve, reject) => {
    fs.writev(fd, buffers, (error, count) => (error ? reject(error) : resolve(count)));
  });

const withoutFirst = (buffers: readonly Buffer[], count: number): readonly Buffer[] => {
  let left = count;
  for (const [at, buffer] of buffers.entries()) {
    if (left < buffer.length) return [buffer.subarray(left), ...buffers.slice(at + 1)];
    left -= buffer.length;
  }
  return [];
};

export const codeOf = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

/** Resolves when the named error codes come back; they are what the caller expected. */
export const tolerating = async (codes: readonly string[], call: Promise<unknown>): Promise<boolean> => {
  try {
    await call;
    return true;
  } catch (error) {
    if (codes.includes(codeOf(error) ?? '')) return false;
    throw error;
  }
};

/** Where errors of the file system enter: they become the store's own; ours and mistakes of a programmer pass. */
export const storeError = (error: unknown, doing: string, key?: string): unknown => {
  const code = codeOf(error);
  if (code === undefined || !isSystemError(error)) return error;
  if (key !== undefined && namesNothing.has(code)) return new ObjectNotFoundError(key, { cause: error });
  return new ObjectStoreUnavailableError(doing, code, key, { cause: error });
};

const namesNothing = new Set(['ENOENT', 'ENOTDIR', 'EISDIR']);

const isSystemError = (error: unknown): boolean => typeof error === 'object' && error !== null && 'syscall' in error;
