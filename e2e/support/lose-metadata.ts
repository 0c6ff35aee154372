import { dropDatabase } from '@isocenter/deploy';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { until } from '../invariants/until.js';
import { profile, type ArchiveData } from './archive.js';

/**
 * Metadata, index and feed of a stopped archive are gone, and with them, in one process, the log; objects and journal stay.
 * A log that stays has commands, and those within their deadline would be decided again on the empty store: with `deadlineMs`
 * that has passed.
 */
export async function loseMetadata({ name }: ArchiveData, deadlineMs = 0): Promise<void> {
  const stopped = Date.now();
  if (profile !== 'stack') {
    await Promise.all(['', '-wal', '-shm'].map((ending) => rm(join(name, `isocenter.db${ending}`), { force: true })));
    return;
  }
  // Transactions of processes that were killed hold their locks for a while.
  await until('the database is gone', () => dropDatabase(Number(new URL(process.env.MONGODB_URL!).port), name).then(() => true, () => false));
  await until('no command can be decided again', () => Date.now() > stopped + deadlineMs, deadlineMs + 1_000);
}
