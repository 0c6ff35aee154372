import { dropDatabase } from '@isocenter/deploy';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '../invariants/until.js';
import { profile, type ArchiveData } from './archive.js';

/** Metadata, index and feed of a stopped archive are gone, and with them, in one process, the log; objects and journal stay. */
export async function loseMetadata({ name }: ArchiveData): Promise<void> {
  // Transactions of processes that were killed hold their locks for a while.
  if (profile === 'stack') await until('the database is gone', () => dropDatabase(Number(new URL(process.env.MONGODB_URL!).port), name).then(() => true, () => false), 60_000);
  else await Promise.all(['', '-wal', '-shm'].map((ending) => rm(join(name, `isocenter.db${ending}`), { force: true })));
}
