// npm run test:stack: starts Kafka, MongoDB and MinIO, runs every suite that needs them, and counts as npm test does.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { environmentOf, withServers } from '../deploy/dist/local/index.js';
import { conclude, countSuites, forgetResults, root } from './count-suites.mjs';

const results = ['results-int.json', 'results-stack.json'];
forgetResults(results);

// What runs against the servers, one after the other, with their addresses in the environment.
const steps = [
  ['suites of the adapters', ['run-many', '-t', 'int-test', '--output-style=static']],
  ['end-to-end tests, two processes of every service', ['run', '@isocenter/e2e:e2e-stack', '--output-style=static']],
];

async function passes(args, env, signal) {
  const child = spawn(process.execPath, ['node_modules/.bin/nx', ...args], { cwd: root, stdio: 'inherit', env: { ...process.env, ...env }, signal });
  child.on('error', () => undefined);
  const [code] = await once(child, 'close');
  return code === 0;
}

const failedSteps = await withServers(undefined, async (servers, asked) => {
  const failed = [];
  for (const [name, args] of steps) {
    if (asked.aborted || !(await passes(args, { ...environmentOf(servers), MINIO_FOLDER: join(servers.dataDir, 'minio/objects') }, asked))) failed.push(name);
  }
  return failed;
}).catch((error) => {
  process.stderr.write(`${error.message}\n`);
  return ['servers'];
});
conclude('test:stack', 'test-stack', countSuites(results, ['int-spec', 'e2e-spec']), failedSteps);
