import { existsSync } from 'node:fs';
import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import type { Random } from '../support/random.js';
import type { WitnessRecord } from './read-witness.js';
import type { Unsynced, UnsyncedFile } from './unsynced.js';

/** A disk writes these whole or not at all. */
const sectorSize = 512;

export interface Lost {
  readonly sectors: number;
  readonly entries: number;
  readonly objects: number;
}

/**
 * Makes of the files that a killed process left what a power cut could have left: whatever was synced stays; of the rest
 * all is lost, or all after some moment, or any of it, sector by sector and name by name. Removals that were not synced
 * are not taken back: what they would bring back is what a sweep finds anyway.
 */
export const cutPower = async (unsynced: Unsynced, random: Random): Promise<Lost> => {
  const share = random.pick([1, 1, 0.5, 0.1]);
  let sectors = 0;
  for (const file of unsynced.files) if (existsSync(file.path)) sectors += await loseWrites(file, share, random);
  // The index of a write-ahead log lives in shared memory and is made anew after a restart of the machine.
  const databases = unsynced.files.map(({ path }) => path.replace(/-(wal|journal)$/, ''));
  for (const database of databases) await rm(`${database}-shm`, { force: true });
  const objects = unsynced.objects.filter((path) => existsSync(path) && random.chance(share));
  for (const path of objects) await truncate(path, 0);
  const entries = unsynced.entries.filter((path) => existsSync(path) && random.chance(share));
  for (const path of entries) await rm(path, { recursive: true, force: true });
  return { sectors, entries: entries.length, objects: objects.length };
};

const loseWrites = async ({ path, writes }: UnsyncedFile, share: number, random: Random): Promise<number> => {
  const bytes = await readFile(path);
  const fromMoment = random.chance(0.5) ? random.below(writes.length) : 0;
  const lost = new Set<number>();
  for (const write of writes.slice(fromMoment)) for (const sector of sectorsOf(write)) if (random.chance(share)) lost.add(sector);
  for (const write of [...writes].reverse()) for (const sector of sectorsOf(write)) if (lost.has(sector)) restore(bytes, write, sector);
  await writeFile(path, bytes);
  return lost.size;
};

function* sectorsOf({ offset, length }: WitnessRecord): Generator<number> {
  for (let sector = Math.floor(offset / sectorSize); sector * sectorSize < offset + length; sector += 1) yield sector;
}

/** The part of the write that lies in the sector becomes what it was before; nothing, where the file ended. */
const restore = (bytes: Buffer, { offset, length, data }: WitnessRecord, sector: number): void => {
  const from = Math.max(offset, sector * sectorSize);
  const to = Math.min(offset + length, (sector + 1) * sectorSize, bytes.length);
  if (from >= to) return;
  bytes.fill(0, from, to);
  data.copy(bytes, from, Math.min(from - offset, data.length), Math.min(to - offset, data.length));
};
