import { dropDatabase } from '@isocenter/deploy';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { profile, type ArchiveData } from './archive.js';

/** Metadata, index and feed of a stopped archive are gone, and with them, in one process, the log; objects and journal stay. */
export async function loseMetadata({ name }: ArchiveData): Promise<void> {
  if (profile === 'stack') await dropDatabase(Number(new URL(process.env.MONGODB_URL!).port), name);
  else await Promise.all(['', '-wal', '-shm'].map((ending) => rm(join(name, `isocenter.db${ending}`), { force: true })));
}
