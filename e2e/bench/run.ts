import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { lastFrameRow, hugeRow } from './large-rows.js';
import { describeMachine, orthancVersion } from './machine.js';
import { publishResults } from './report.js';
import { reindexRow } from './reindex-row.js';
import { renderedRow, tilesRow, transcodedRow } from './render-rows.js';
import type { BenchContext, Row } from './row.js';
import { searchInstancesRow, searchStudiesRow } from './search-rows.js';
import { searchScaleRow } from './search-scale-row.js';
import { frameRow, metadataRow, studyRow } from './series-rows.js';
import { prepareStack, stackRows } from './stack-rows.js';
import { storeRow } from './store-row.js';
import { updateRow } from './update-row.js';

const standaloneRows: readonly Row[] = [storeRow, studyRow, metadataRow, frameRow, searchStudiesRow, searchInstancesRow, searchScaleRow, lastFrameRow, hugeRow, updateRow, reindexRow, renderedRow, transcodedRow, tilesRow];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '5' }, dir: { type: 'string', default: tmpdir() }, only: { type: 'string' }, 'dry-run': { type: 'boolean', default: false }, stack: { type: 'boolean', default: false } },
});
const rows = values.stack ? stackRows : standaloneRows;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

const chosen = positionals.length === 0 ? rows : rows.filter(({ name }) => positionals.includes(name));
const unknown = positionals.filter((name) => !rows.some((row) => row.name === name));
if (unknown.length > 0 || (values.only !== undefined && values.only !== 'isocenter' && values.only !== 'orthanc')) {
  say(`npm run bench -- [--rounds 5] [--dir folder on the disk to measure] [--only isocenter|orthanc] [--dry-run] [--stack] [rows]\n\n${rows.map(({ name, about }) => `${name.padEnd(16)}${about}`).join('\n')}`);
  process.exit(2);
}

await mkdir(values.dir, { recursive: true });
if (values.stack) await prepareStack();
const context: BenchContext = { rounds: Number(values.rounds), below: values.dir, only: values.only as BenchContext['only'], say };
const machine = `${describeMachine()}, ${await orthancVersion(context.below)}`;
say(machine);

for (const row of chosen) {
  say(`${row.name}: ${row.about}`);
  const measures = await row.run(context);
  // Written row by row: a run that is ended early has told what it knew. One server alone compares nothing.
  if (!values['dry-run'] && context.only === undefined) {
    await publishResults({ [row.name]: { about: row.about, date: new Date().toISOString().slice(0, 10), machine, rounds: context.rounds, measures } }, [...standaloneRows, ...stackRows].map(({ name }) => name));
  }
}
