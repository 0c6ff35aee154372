import { dirname } from 'node:path';
import type { WitnessRecord } from './read-witness.js';

/** A database file that was written since its last sync. */
export interface UnsyncedFile {
  readonly path: string;
  /** The writes since then, in order; each with what its range held before. */
  readonly writes: readonly WitnessRecord[];
}

export interface Unsynced {
  readonly files: readonly UnsyncedFile[];
  /** New names, of files and directories, in directories that were not synced since. */
  readonly entries: readonly string[];
  /** Objects that have a name and whose bytes were not synced after the last write. */
  readonly objects: readonly string[];
}

interface Pending<T> {
  readonly value: T;
  /** Position in the record. */
  readonly at: number;
}

/** Plays the record: what a power cut after its end is free to lose. */
export const unsyncedOf = (records: readonly WitnessRecord[]): Unsynced => {
  const writes = new Map<string, Pending<WitnessRecord>[]>();
  const entries = new Map<string, Pending<string>[]>();
  const begun = new Map<string, number>();
  const named = new Set<string>();
  for (const [at, record] of records.entries()) {
    const { kind, path } = record;
    if (kind === 'W') push(writes, path, { value: record, at });
    else if (kind === 'T') writes.set(path, (writes.get(path) ?? []).filter(({ value }) => value.offset < record.offset));
    else if (kind === 'M') push(entries, dirname(path), { value: path, at });
    else if (kind === 'R') {
      const to = record.data.toString('utf8');
      push(entries, dirname(to), { value: to, at });
      writes.set(to, writes.get(path) ?? []);
      writes.delete(path);
      named.add(to);
    } else if (kind === 'B') begun.set(`${path} ${record.offset}`, at);
    else {
      const start = begun.get(`${path} ${record.offset}`) ?? at;
      keepFrom(writes, path, start);
      keepFrom(entries, path, start);
    }
  }
  const dirty = [...writes].filter(([, pending]) => pending.length > 0);
  return {
    files: dirty.filter(([path]) => path.includes('.db') && !path.endsWith('-shm')).map(([path, pending]) => ({ path, writes: pending.map(({ value }) => value) })),
    entries: [...entries.values()].flat().map(({ value }) => value),
    objects: dirty.filter(([path]) => named.has(path)).map(([path]) => path),
  };
};

const push = <T>(into: Map<string, Pending<T>[]>, name: string, pending: Pending<T>): void => {
  const list = into.get(name);
  if (list) list.push(pending);
  else into.set(name, [pending]);
};

const keepFrom = <T>(pending: Map<string, Pending<T>[]>, name: string, start: number): void => {
  const left = pending.get(name)?.filter(({ at }) => at > start);
  if (left) pending.set(name, left);
};
