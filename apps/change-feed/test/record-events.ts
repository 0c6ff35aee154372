import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { recordChange, recordOthers } from './recorded-changes.js';
import { sampleChanges } from './sample-changes.js';

// npm run record: keeps events and journal lines as this release writes them, for every release that comes.
const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as { version: string };
const folder = join(import.meta.dirname, 'recorded', `v${version}`);
const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

if (existsSync(folder)) throw new Error(`${folder} is there: what a release wrote never changes. While the release is not out, delete it first.`);
mkdirSync(folder, { recursive: true });
for (const [name, change] of Object.entries(sampleChanges)) writeFileSync(join(folder, `${name}.json`), json(recordChange(change)));
writeFileSync(join(folder, 'others.json'), json(recordOthers()));
process.stdout.write(`recorded in ${folder}\n`);
