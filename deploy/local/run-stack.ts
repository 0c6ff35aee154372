import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildServices } from './build-services.js';
import { tableOf } from './print-table.js';
import { environmentOf, type Servers } from './start-servers.js';
import { startServices, type Services } from './start-services.js';
import { withServers } from './with-servers.js';

/**
 * `npm run stack -- [--servers-only] [--replicas 2] [--data folder]`: the real servers, and behind the gateway all services,
 * on free ports of the loopback address, until Ctrl-C.
 */
const { values } = parseArgs({ options: { 'servers-only': { type: 'boolean', default: false }, replicas: { type: 'string', default: '2' }, data: { type: 'string' } } });
const replicas = Number(values.replicas);
const say = (text: string): void => void process.stdout.write(`${text}\n`);

function printStack({ kafka, mongodb, minio }: Servers, services?: Services): void {
  const ofServices = services?.replicas.map(({ process: { name, address, pid, logFile }, metrics }) => [name, address, String(pid), logFile, metrics]) ?? [];
  const ofServers = [kafka, mongodb, minio].flatMap((server) => (server ? [[server.name, server.address, String(server.pid), server.logFile, '']] : []));
  say(tableOf([['NAME', 'ADDRESS', 'PID', 'LOG', 'METRICS'], ...ofServices, ...ofServers]));
}

try {
  if (!Number.isInteger(replicas) || replicas < 1) throw new Error(`--replicas is ${values.replicas}; it is a whole number from 1.`);
  if (!values['servers-only']) await buildServices();
  await withServers(values.data, async (servers, asked) => {
    const services = values['servers-only'] || asked.aborted ? undefined : await startServices({ environment: environmentOf(servers), folder: join(servers.dataDir, 'services'), replicas });
    try {
      printStack(servers, services);
      say('');
      for (const [name, value] of Object.entries(environmentOf(servers))) say(`export ${name}='${value}'`);
      say('\nReady. Ctrl-C ends it.');
      if (!asked.aborted) await once(asked, 'abort');
      say('Ending.');
    } finally {
      await services?.stop();
    }
  });
} catch (error) {
  process.stderr.write(`\n${(error as Error).message}\n`);
  process.exitCode = 1;
}
