// What a run of jest in many projects comes to: tests passed and failed, and suites that exist but did not run.
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

export const root = dirname(import.meta.dirname);
export const projects = globSync('{libs,apps}/*/package.json', { cwd: root }).map(dirname).concat('e2e', 'deploy').sort();

/** What went wrong, short enough to be read at the end of a log. */
const firstLine = (message) => message.split('\n', 1)[0].slice(0, 300);

const reportsOf = (project, names) => names.map((name) => `${root}/${project}/coverage/${name}`).filter(existsSync);

/** Removes the results of earlier runs; `names` are those of jest's report files. */
export function forgetResults(names) {
  for (const project of projects) {
    mkdirSync(`${root}/${project}/coverage`, { recursive: true });
    for (const file of reportsOf(project, names)) rmSync(file);
  }
}

/** Reads the reports, prints each test that failed and each suite `*.{kinds}.ts` that did not run. */
export function countSuites(names, kinds) {
  let passed = 0;
  let failed = 0;
  const ran = new Set();
  for (const project of projects) {
    for (const file of reportsOf(project, names)) {
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
  const suites = kinds.flatMap((kind) => globSync(`{libs,apps,e2e,deploy}/**/*.${kind}.ts`, { cwd: root, exclude: (path) => /node_modules|dist|out-tsc/.test(String(path)) }));
  const missed = suites.filter((suite) => !ran.has(suite));
  for (const suite of missed) process.stdout.write(`NOT RUN ${suite}\n`);
  return { passed, failed, missed: missed.length, ran: ran.size, found: suites.length };
}

/** Prints the last line, writes `reports/<file>.json`, and sets the exit code: 1 when anything failed or nothing ran. */
export function conclude(title, file, { passed, failed, missed, ran, found }, failedSteps) {
  for (const step of failedSteps) process.stdout.write(`FAILED step: ${step}\n`);
  const bad = failed + missed + (failed === 0 ? failedSteps.length : 0);
  mkdirSync(`${root}/reports`, { recursive: true });
  writeFileSync(`${root}/reports/${file}.json`, JSON.stringify({ passed, failed: bad }));
  process.stdout.write(`\n${title}: ${ran} suites of ${found}, ${passed} tests passed, ${bad} failed\n`);
  process.exitCode = bad > 0 || passed === 0 ? 1 : 0;
}
