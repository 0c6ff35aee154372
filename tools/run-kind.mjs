// node tools/run-kind.mjs test:install install-spec: runs the suites `deploy/**/*.install-spec.ts`, which take too long for
// npm test or fetch a tool, and counts them as npm test does.
import { spawnSync } from 'node:child_process';
import { conclude, countSuites, forgetResults, root } from './count-suites.mjs';

const [title, kind] = process.argv.slice(2);
const results = [`results-${kind}.json`];
forgetResults(results);
const jest = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', '../node_modules/jest/bin/jest.js', `--testMatch=**/*.${kind}.ts`, '--testTimeout=60000', '--maxWorkers=1', '--json', `--outputFile=coverage/${results[0]}`];
const { status } = spawnSync(process.execPath, jest, { cwd: `${root}/deploy`, stdio: 'inherit' });
conclude(title, title.replace(':', '-'), countSuites(results, [kind]), status === 0 ? [] : [title]);
