import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { newDataFolder, startStandalone } from '../support/standalone-process.js';
import { workspaceRoot } from '../support/workspace.js';
import { ask, bulkQuestions, questions, type KeptAnswer } from './ask-archive.js';
import { fillArchive } from './fill-archive.js';

// npm run record: keeps what this release stores and answers, once, for every release that comes.
const { version } = JSON.parse(readFileSync(join(workspaceRoot, 'package.json'), 'utf8')) as { version: string };
const folder = join(workspaceRoot, 'e2e/recorded', `v${version}`);
if (existsSync(folder)) throw new Error(`${folder} is there: what a release wrote never changes. While the release is not out, delete it first.`);

/** Objects of replaced and deleted versions are not yet due while this runs, and long since when a later release finds them. */
const GRACE_MS = 60_000;

const data = await newDataFolder();
const archive = await startStandalone({ data, env: { JOURNAL_INTERVAL_MS: '100', DELETE_GRACE_MS: String(GRACE_MS) } });
const answers: KeptAnswer[] = [];
try {
  await fillArchive(archive);
  for (const question of questions()) answers.push(await ask(archive, question));
  for (const question of bulkQuestions(answers)) answers.push(await ask(archive, question));
} finally {
  await archive.stop();
}
mkdirSync(folder);
writeFileSync(join(folder, 'answers.json'), `[\n${answers.map((answer) => JSON.stringify(answer)).join(',\n')}\n]\n`);
execFileSync('tar', ['--create', '--gzip', '--sort=name', '--owner=0', '--group=0', `--file=${join(folder, 'data.tar.gz')}`, `--directory=${data.name}`, '.']);
await data.remove();
process.stdout.write(`${answers.length} answers and the data are in ${folder}\n`);
