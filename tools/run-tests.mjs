// npm test: lint, type check, unit and contract tests, then the end-to-end tests of the built application; at the end
// what was counted. Exits with 1 when anything failed, when a suite that exists did not run, or when none ran.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { conclude, countSuites, forgetResults, projects, root } from './count-suites.mjs';

const nx = ['node_modules/.bin/nx'];
const results = ['results.json', 'results-e2e.json'];
forgetResults(results);

const steps = [
  ['lint, type check, unit and contract tests', [...nx, 'run-many', '-t', 'lint', 'typecheck', 'test', '--output-style=static']],
  ['end-to-end tests', [...nx, 'run', '@isocenter/e2e:e2e', '--output-style=static']],
];
const failedSteps = steps.filter(([, args]) => spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status !== 0).map(([name]) => name);
const counts = countSuites(results, ['spec', 'e2e-spec', 'standalone-spec']);

process.stdout.write('\nCoverage of lines, unit and contract tests\n');
for (const project of projects) {
  const file = `${root}/${project}/coverage/coverage-summary.json`;
  if (existsSync(file)) process.stdout.write(`  ${project.padEnd(24)}${String(JSON.parse(readFileSync(file, 'utf8')).total.lines.pct).padStart(6)} %\n`);
}
conclude('npm test', 'npm-test', counts, failedSteps);
