import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { tableOf } from './print-table.js';
import { environmentOf } from './start-servers.js';
import { withServers } from './with-servers.js';

/** `npm run stack -- --servers-only [--data folder]`: the real servers on free ports of the loopback address, until Ctrl-C. */
const { values } = parseArgs({ options: { 'servers-only': { type: 'boolean', default: false }, data: { type: 'string' } } });
const say = (text: string): void => void process.stdout.write(`${text}\n`);

try {
  await withServers(values.data, async (servers, asked) => {
    const rows = [servers.kafka, servers.mongodb, servers.minio].flatMap((server) => (server ? [[server.name, server.address, String(server.pid), server.logFile]] : []));
    say(`${tableOf([['SERVER', 'ADDRESS', 'PID', 'LOG'], ...rows])}\n`);
    for (const [name, value] of Object.entries(environmentOf(servers))) say(`export ${name}='${value}'`);
    say('\nReady. Ctrl-C ends it.');
    if (!asked.aborted) await once(asked, 'abort');
    say('Ending.');
  });
} catch (error) {
  process.stderr.write(`\n${(error as Error).message}\n`);
  process.exitCode = 1;
}
