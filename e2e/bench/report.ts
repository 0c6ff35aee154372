import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { workspaceRoot } from '../support/workspace.js';
import type { Measure } from './row.js';

interface RowResult {
  readonly about: string;
  readonly date: string;
  readonly machine: string;
  readonly rounds: number;
  readonly measures: readonly Measure[];
}

type Results = Readonly<Record<string, RowResult>>;

const dataFile = join(workspaceRoot, 'docs/benchmarks.json');
const page = join(workspaceRoot, 'docs/benchmarks.md');

/** Adds what was measured now to what is known, and writes the page from all of it. */
export const publishResults = async (results: Results, order: readonly string[]): Promise<void> => {
  const all = { ...(await knownResults()), ...results };
  await writeFile(dataFile, `${JSON.stringify(all, null, 2)}\n`);
  await writeFile(page, pageOf(all, order));
};

const knownResults = async (): Promise<Results> => {
  try {
    return JSON.parse(await readFile(dataFile, 'utf8')) as Results;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw error;
  }
};

const pageOf = (results: Results, order: readonly string[]): string => {
  const rows = order.flatMap((name) => (results[name] ? [[name, results[name]] as const] : []));
  const lines = rows.flatMap(([name, { measures }]) => measures.map((measure) => `| \`${name}\` | ${cells(measure).join(' | ')} |`));
  const runs = rows.map(([name, { about, date, rounds, machine }]) => `- \`${name}\`: ${about}. ${date}, median of ${rounds} rounds. ${machine}.`);
  return `${intro}
| row | work | isocenter | compared with | ratio | target | |
| --- | --- | --- | --- | --- | --- | --- |
${lines.join('\n')}

## Runs

${runs.join('\n')}
`;
};

const cells = ({ work, isocenter, other, ratio, target, met }: Measure): string[] =>
  [work, isocenter, other ?? '–', ratio === undefined ? '–' : `${ratio.toFixed(2)}×`, target, met === undefined ? '' : met ? 'met' : '**missed**'];

const intro = `# Benchmarks

Written by \`npm run bench\` (all rows) or \`npm run bench -- store frame\` (some of them); do not edit. The code is in \`e2e/bench/\`.

Both servers run side by side on the loopback interface of one machine, and the client with them. A measurement is a
number of rounds; in each round every server does the same work in turn, and the median of the rounds counts. So read the
ratios: the absolute numbers are those of this machine on that day. Orthanc runs as Debian installs it, with
\`StorageCompression\` off and \`SyncStorageArea\` on: it fsyncs what it stores, as isocenter does. Every answer is
checked once before it is timed, and a status from 300 on ends the run.
`;
