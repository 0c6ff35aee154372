import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { tableOf } from './print-table.js';
import { environmentOf, startServers } from './start-servers.js';

/**
 * `npm run stack -- [--servers-only] [--data folder]`: the real servers on free ports of the loopback address, until
 * Ctrl-C. Without `--data` the data lives in a temporary folder and ends with the run.
 */
const { values } = parseArgs({ options: { 'servers-only': { type: 'boolean', default: false }, data: { type: 'string' } } });
const say = (text: string): void => void process.stdout.write(`${text}\n`);

const asked = Promise.race(['SIGINT', 'SIGTERM', 'SIGHUP'].map((signal) => once(process, signal)));
const dataDir = values.data ?? (await mkdtemp(join(tmpdir(), 'isocenter-stack-')));
try {
  const begun = Date.now();
  const servers = await startServers({ dataDir });
  try {
    say(tableOf([['SERVER', 'ADDRESS', 'PID', 'LOG'], ...[servers.kafka, servers.mongodb, servers.minio].flatMap((server) => (server ? [[server.name, server.address, String(server.pid), server.logFile]] : []))]));
    say('');
    for (const [name, value] of Object.entries(environmentOf(servers))) say(`export ${name}='${value}'`);
    say(`\nReady in ${((Date.now() - begun) / 1000).toFixed(1)} s. Ctrl-C ends it.`);
    await asked;
    say('Ending.');
  } finally {
    await servers.stop();
  }
} catch (error) {
  process.stderr.write(`\n${(error as Error).message}\n`);
  process.exitCode = 1;
} finally {
  if (values.data === undefined) await rm(dataDir, { recursive: true, force: true });
}
process.exit();
