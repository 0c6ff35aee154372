import { OperationFailedError, StepPage, type Operation, type OperationHandler, type StepOutcome } from '@isocenter/operations';
import type { IngestOptions } from '../ingest-options.js';
import { removeOldReports, writeReportPart } from '../operation-report.js';
import type { WholeMetadata } from '../rebuild-index/whole-metadata.js';
import type { StorePorts } from '../store-instances/store-instance.js';
import { importFile, type FileOutcome } from './import-file.js';
import { addFile, failedFile, filesDone, NOTHING_IMPORTED, showProgress, type FailedFile, type ImportProgress } from './import-progress.js';
import { openSource } from './open-source.js';
import type { ImportRequest } from './parse-import.js';
import type { Found, Source } from './source.js';

export const IMPORT = 'import';

/** How long a step goes on to take files, and how many at most. */
const STEP_MS = 3_000;
const PAGE = 2_000;
/** Files in flight, as many as of a store request: their objects are written and synced while others are read. */
const IN_FLIGHT = 16;

/**
 * The work of an import: the files of a source are counted, then stored, in the order of their names. The last name that is
 * done is kept, so an import goes on behind it; what was stored behind it already is found there by its bytes and not stored
 * twice. What cannot be stored is told in the results; while the source or the archive is away the step is tried again.
 */
export class ImportFiles implements OperationHandler {
  readonly type = IMPORT;

  constructor(private readonly ports: StorePorts, private readonly options: IngestOptions, private readonly metadata: WholeMetadata) {}

  async step(operation: Operation, signal: AbortSignal): Promise<StepOutcome> {
    // As an upload does: while metadata are lost nothing is stored.
    await this.metadata.require();
    const progress = { ...NOTHING_IMPORTED, ...(operation.state as Partial<ImportProgress>) };
    const { source: name } = operation.request as ImportRequest;
    const source = await openSource(name, this.options.importSources);
    if (progress.countedTo === '') await removeOldReports(this.ports.objects);
    try {
      return progress.countedTo === null ? await this.importPage(operation, progress, source, signal) : await count(operation, progress, source, signal);
    } finally {
      await source.close();
    }
  }

  private async importPage(operation: Operation, progress: ImportProgress, source: Source, signal: AbortSignal): Promise<StepOutcome> {
    const { folder } = operation.request as ImportRequest;
    const page = new StepPage(toBeTaken(source.list(folder, progress.doneTo)), { most: PAGE, forMs: STEP_MS, signal });
    const lane = async (): Promise<void> => {
      for (let next = await page.next(); next; next = await page.next()) {
        try {
          next.outcome = await importFile(next.found, source, operation, this.ports, this.options);
        } catch (error) {
          page.end();
          throw error;
        }
      }
    };
    const lanes = await Promise.allSettled(Array.from({ length: IN_FLIGHT }, lane));
    await page.close();
    const broken = lanes.find((result) => result.status === 'rejected');
    // Behind the first one whose fate is not known nothing counts.
    const failures: FailedFile[] = [];
    let [after, done] = [progress, 0];
    for (const { found, outcome } of page.taken) {
      if (!outcome) break;
      after = addFile(after, found.name, outcome);
      if (outcome.kind === 'failed') failures.push(failedFile(found.name, outcome));
      done += 1;
    }
    if (broken && done === 0) throw broken.reason;
    if (failures.length > 0) {
      await writeReportPart(this.ports.objects, operation.id, after.reportParts, failures);
      after = { ...after, reportParts: after.reportParts + 1 };
    }
    if (page.exhausted && done === page.taken.length && !broken) return { done: true, state: after, results: showProgress(after) };
    return { state: after, percent: Math.min(99, (100 * filesDone(after)) / Math.max(1, after.expected)), results: showProgress(after) };
  }
}

/** So that it can be told how much is left. */
async function count(operation: Operation, progress: ImportProgress, source: Source, signal: AbortSignal): Promise<StepOutcome> {
  const { source: name, folder } = operation.request as ImportRequest;
  const until = performance.now() + STEP_MS;
  let { expected, countedTo } = progress;
  for await (const found of source.list(folder, countedTo!)) {
    expected += 1;
    countedTo = found.name;
    if (signal.aborted || performance.now() >= until) return { state: { ...progress, expected, countedTo }, percent: 0, results: showProgress({ ...progress, expected }) };
  }
  if (expected === 0) throw new OperationFailedError(`There is nothing in ${folder === '' ? '' : `the folder '${folder}' of `}the source '${name}'.`);
  const counted = { ...progress, expected, countedTo: null };
  return { state: counted, percent: 0, results: showProgress(counted) };
}

interface Taken {
  readonly found: Found;
  outcome?: FileOutcome;
}

/** With room for what becomes of each. */
async function* toBeTaken(list: AsyncGenerator<Found>): AsyncGenerator<Taken> {
  for await (const found of list) yield { found };
}
