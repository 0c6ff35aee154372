import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeDecision, encodeOutcomes } from '../src/decision.js';
import { encodeCommand } from '../src/messages.js';
import { sampleCommands, sampleDecisions } from './sample-messages.js';

// npm run record: keeps the messages as this release writes them, for every release that comes.
const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8')) as { version: string };
const folder = join(import.meta.dirname, 'recorded', `v${version}`);
const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;
const hex = (body: object): object => Object.fromEntries(Object.entries(body).map(([name, bytes]) => [name, (bytes as Buffer).toString('hex')]));

if (existsSync(folder)) throw new Error(`${folder} is there: what a release wrote never changes. While the release is not out, delete it first.`);
mkdirSync(join(folder, 'commands'), { recursive: true });
for (const [name, { command, body }] of Object.entries(sampleCommands)) {
  writeFileSync(join(folder, 'commands', `${name}.bin`), encodeCommand(command, body));
  writeFileSync(join(folder, 'commands', `${name}.json`), json({ command, body: hex(body) }));
}
const outcomes = sampleDecisions.map((decision, at) => ({ id: `0199aaaa-0000-7000-8000-${String(at).padStart(12, '0')}`, decision }));
writeFileSync(join(folder, 'outcomes.bin'), encodeOutcomes(outcomes));
writeFileSync(join(folder, 'outcomes.json'), json(outcomes));
writeFileSync(join(folder, 'decisions.json'), json(sampleDecisions.map((decision) => ({ text: encodeDecision(decision), decision }))));
process.stdout.write(`recorded in ${folder}\n`);
