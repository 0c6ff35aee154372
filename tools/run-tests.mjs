// npm test: lint, type check, unit and contract tests, then the end-to-end tests of the built application; at the end
// what was counted. Exits with 1 when anything failed, when a suite that exists did not run, or when none ran.
import { spawnSync } from 'node:child_process';
import { existsSync, globSync, readFileSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

const root = dirname(import.meta.dirname);
const nx = ['node_modules/.bin/nx'];
const projects = globSync('{libs,apps}/*/package.json', { cwd: root }).map(dirname).concat('e2e').sort();

/** What went wrong, short enough to be read at the end of a log. */
const firstLine = (message) => message.split('\n', 1)[0].slice(0, 300);

const results = (project) => ['results.json', 'results-e2e.json'].map((name) => `${root}/${project}/coverage/${name}`).filter(existsSync);
for (const project of projects) {
  mkdirSync(`${root}/${project}/coverage`, { recursive: true });
  for (const file of results(project)) rmSync(file);
}

const steps = [
  ['lint, type check, unit and contract tests', [...nx, 'run-many', '-t', 'lint', 'typecheck', 'test', '--output-style=static']],
  ['end-to-end tests', [...nx, 'run', '@isocenter/e2e:e2e', '--output-style=static']],
];
const failedSteps = steps.filter(([, args]) => spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' }).status !== 0).map(([name]) => name);

let passed = 0;
let failed = 0;
const ran = new Set();
for (const project of projects) {
  for (const file of results(project)) {
    const report = JSON.parse(readFileSync(file, 'utf8'));
    passed += report.numPassedTests;
    failed += report.numFailedTests + report.numRuntimeErrorTestSuites;
    for (const suite of report.testResults) {
      // A result from the cache of another checkout names that one's folder.
      const name = suite.name.slice(suite.name.lastIndexOf(`/${project}/`) + 1);
      ran.add(name);
      for (const test of suite.assertionResults) if (test.status === 'failed') process.stdout.write(`FAILED ${name}: ${test.fullName}\n  ${test.failureMessages.map(firstLine).join('\n  ')}\n`);
      if (suite.message && suite.assertionResults.length === 0) process.stdout.write(`FAILED ${name}: the suite did not run\n`);
    }
  }
}

const suites = globSync('{libs,apps,e2e}/**/*.{spec,e2e-spec}.ts', { cwd: root, exclude: (path) => /node_modules|dist|out-tsc/.test(String(path)) });
const missed = suites.filter((suite) => !ran.has(suite));
for (const suite of missed) process.stdout.write(`NOT RUN ${suite}\n`);

process.stdout.write('\nCoverage of lines, unit and contract tests\n');
for (const project of projects) {
  const file = `${root}/${project}/coverage/coverage-summary.json`;
  if (existsSync(file)) process.stdout.write(`  ${project.padEnd(24)}${String(JSON.parse(readFileSync(file, 'utf8')).total.lines.pct).padStart(6)} %\n`);
}
for (const step of failedSteps) process.stdout.write(`FAILED step: ${step}\n`);
const bad = failed + missed.length + (failed === 0 ? failedSteps.length : 0);
mkdirSync(`${root}/reports`, { recursive: true });
writeFileSync(`${root}/reports/npm-test.json`, JSON.stringify({ passed, failed: bad }));
process.stdout.write(`\nnpm test: ${ran.size} suites of ${suites.length}, ${passed} tests passed, ${bad} failed\n`);
process.exit(bad > 0 || passed === 0 ? 1 : 0);
