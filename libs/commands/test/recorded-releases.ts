import { readdirSync } from 'node:fs';
import { join } from 'node:path';

export const recordedFolder = join(import.meta.dirname, 'recorded');

/** Releases whose messages are recorded, the last one at the end. */
export const recordedReleases = readdirSync(recordedFolder).sort((one, other) => one.localeCompare(other, 'en', { numeric: true }));
