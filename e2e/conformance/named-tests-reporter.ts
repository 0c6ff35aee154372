import { basename } from 'node:path';
import { readConformancePage } from './conformance-page.js';
import { reportedAs } from './named-tests.js';

/** As much of what Jest hands to a reporter as is looked at. */
interface Run {
  readonly testResults: readonly { readonly testFilePath: string; readonly testResults: readonly TestRun[] }[];
}
interface TestRun {
  readonly ancestorTitles: readonly string[];
  readonly title: string;
  readonly status: string;
}

const pages = ['azure-v2', 'dicom-web'] as const;

/** Fails a run in which a test that a conformance page names failed, was left out or is not there, of the files that ran. */
export default class NamedTestsReporter {
  private error: Error | undefined;

  constructor(private readonly config: { readonly testNamePattern?: string }) {}

  onRunComplete(_contexts: unknown, run: Run): void {
    // Who picks tests by name leaves the others out on purpose.
    if (this.config.testNamePattern) return;
    const unproved = pages.flatMap((page) => readConformancePage(page).tests).filter((name) => !isProved(name, run));
    if (unproved.length > 0) this.error = new Error(`docs/conformance names tests that did not pass in this run:\n  ${unproved.join('\n  ')}`);
  }

  getLastError(): Error | undefined {
    if (this.error) process.stderr.write(`${this.error.message}\n`);
    return this.error;
  }
}

function isProved(name: string, { testResults }: Run): boolean {
  const [file, group, title] = name.split(' › ') as [string, string, string];
  const ofFile = testResults.filter(({ testFilePath }) => basename(testFilePath) === `${file}.e2e-spec.ts`).flatMap((one) => one.testResults);
  if (ofFile.length === 0) return true;
  const written = reportedAs(title);
  const found = ofFile.filter((one) => one.ancestorTitles.join(' ') === group && written.test(one.title));
  return found.length > 0 && found.every(({ status }) => status === 'passed');
}
