import { uuidv7, type CommandSender, type RefreshLevels } from '@isocenter/commands';
import type { InstanceRow, MetadataStore } from '@isocenter/metadata-store';
import type { ObjectStore } from '@isocenter/object-store';
import { unlessAborted, type Operation, type OperationHandler, type StepOutcome } from '@isocenter/operations';
import type { IngestOptions } from '../ingest-options.js';
import { answerOf, NOTHING_DONE, type Progress } from './progress.js';
import type { BulkUpdate } from './parse-bulk-update.js';
import { updateInstance, type InstanceUpdate } from './update-instance.js';

export const UPDATE = 'update';

/** Instances that one step takes: about a second's work. */
const PAGE = 128;
/** Instances in flight: their objects are written and synced while others are read. */
const IN_FLIGHT = 8;
/** Passes through a study in which more and more arrives; only what others change under our hands is looked at again then. */
const MOST_PASSES = 3;
/** And this often at most. */
const MOST_TRIES = 10;
/** Failures that the results tell of, over all studies. */
const MOST_ERRORS = 100;

export interface UpdatePorts {
  readonly store: MetadataStore;
  readonly objects: ObjectStore;
  readonly commands: CommandSender;
}

/**
 * The work of a bulk update: study by study, page by page. An instance's row says which operation made its version, so a step
 * that is done twice makes nothing twice. A study is passed through until a pass finds nothing more to do, so that what was
 * stored or replaced meanwhile is updated too; a pass ends where the study ended when it began, however fast others store.
 */
export class UpdateStudies implements OperationHandler {
  readonly type = UPDATE;

  constructor(private readonly ports: UpdatePorts, private readonly options: IngestOptions) {}

  async step(operation: Operation, signal: AbortSignal): Promise<StepOutcome> {
    const { studyInstanceUids } = operation.request as BulkUpdate;
    const before = { ...NOTHING_DONE, ...(operation.state as Partial<Progress>) };
    const study = studyInstanceUids[before.study];
    if (study === undefined) return { done: true, results: answerOf(before), ...(before.studyFailed > 0 && { failed: `Of ${before.study} studies ${before.studyFailed} were not updated wholly; the errors of the results say why.` }) };
    const partition = await this.partitionOf(operation);
    const progress = before.expected === null ? { ...before, expected: (await this.ports.store.findStudy(partition, study))?.instanceCount ?? 0 } : before;
    const limit = Math.min(PAGE, progress.expected! - progress.seen);
    const rows = limit <= 0 ? [] : await this.ports.store.listInstances({ partition, study }, { afterOrdinal: progress.afterOrdinal, limit });
    const outcomes = await this.updateAll(rows, operation, signal);
    // What is done is done, and the step begins again elsewhere.
    if (!outcomes) return {};
    const pass = addPage(progress, rows, outcomes);
    if (rows.length > 0 && rows.length === limit) return outcomeOf(pass, operation);
    if (!isLast(pass)) return outcomeOf({ ...pass, ...NEW_PASS, pass: pass.pass + 1 }, operation);
    if (pass.seen > 0) await this.refreshLevels(operation, study, signal);
    if (signal.aborted) return {};
    return outcomeOf(endStudy(pass), operation);
  }

  async end(operation: Operation): Promise<void> {
    const { studyInstanceUids } = operation.request as BulkUpdate;
    const study = studyInstanceUids[({ ...NOTHING_DONE, ...(operation.state as Partial<Progress>) }).study];
    if (study !== undefined) await this.refreshLevels(operation, study, new AbortController().signal);
  }

  private async partitionOf({ partition }: Operation): Promise<number> {
    const found = await this.ports.store.findPartition(partition!);
    if (!found) throw new Error('The partition of a bulk update does not exist.');
    return found.key;
  }

  /** Undefined when it was broken off. */
  private async updateAll(rows: readonly InstanceRow[], operation: Operation, signal: AbortSignal): Promise<InstanceUpdate[] | undefined> {
    const outcomes: InstanceUpdate[] = [];
    const { changes } = operation.request as BulkUpdate;
    const facts = { operation: operation.id, partition: operation.partition!, storedBy: operation.createdBy, changes, signal };
    const left = rows.entries();
    const lane = async (): Promise<void> => {
      for (const [at, row] of left) {
        if (signal.aborted) return;
        outcomes[at] = row.updateId === operation.id ? { kind: 'done' } : await updateInstance(row, facts, this.ports, this.options);
      }
    };
    const ended = await Promise.allSettled(Array.from({ length: Math.min(IN_FLIGHT, rows.length) }, lane));
    const failed = ended.find((result) => result.status === 'rejected');
    if (signal.aborted) return undefined;
    if (failed) throw failed.reason;
    return outcomes;
  }

  /** Study and series show what all of their instances bring now. */
  private async refreshLevels({ partition }: Operation, study: string, signal: AbortSignal): Promise<void> {
    const command: Omit<RefreshLevels, 'deadline' | 'asker'> = { type: 'refresh-levels', id: uuidv7(), partition: partition!, study };
    await unlessAborted(this.ports.commands.ask(command, undefined, Infinity), signal);
  }
}

const NEW_PASS = { afterOrdinal: -1, expected: null, seen: 0, updated: 0, again: 0, failed: 0, studyErrors: [] } as const satisfies Partial<Progress>;

function isLast({ pass, updated, again }: Progress): boolean {
  if (again > 0) return pass + 1 >= MOST_TRIES;
  return updated === 0 || pass + 1 >= MOST_PASSES;
}

function outcomeOf(progress: Progress, { request }: Operation): StepOutcome {
  const { studyInstanceUids } = request as BulkUpdate;
  // The passes behind the first take no time.
  const ofStudy = progress.pass > 0 ? 1 : progress.seen / Math.max(1, progress.expected ?? 0);
  return { state: progress, percent: Math.min(99, (100 * (progress.study + ofStudy)) / studyInstanceUids.length), results: answerOf(progress) };
}

function addPage(progress: Progress, rows: readonly InstanceRow[], outcomes: readonly InstanceUpdate[]): Progress {
  const failures = outcomes.flatMap((outcome, at) => (outcome.kind === 'failed' ? [`${rows[at]!.study}/${rows[at]!.series}/${rows[at]!.sop}: ${outcome.text}`] : []));
  return {
    ...progress,
    afterOrdinal: rows.at(-1)?.ordinal ?? progress.afterOrdinal,
    seen: progress.seen + rows.length,
    updated: progress.updated + outcomes.filter(({ kind }) => kind === 'updated').length,
    again: progress.again + outcomes.filter(({ kind }) => kind === 'again').length,
    failed: progress.failed + failures.length,
    studyErrors: [...progress.studyErrors, ...failures].slice(0, MOST_ERRORS),
  };
}

/** After the last pass: what it saw and did not fail with is updated. */
function endStudy(progress: Progress): Progress {
  const { seen, again, errors } = progress;
  const failed = progress.failed + again;
  const studyErrors = again > 0 ? [...progress.studyErrors, `${again} instances were changed by others again and again while they were updated.`] : progress.studyErrors;
  const updated = seen - failed;
  return {
    ...progress, ...NEW_PASS, pass: 0,
    study: progress.study + 1,
    studyUpdated: progress.studyUpdated + (updated > 0 && failed === 0 ? 1 : 0),
    studyFailed: progress.studyFailed + (failed > 0 ? 1 : 0),
    instanceUpdated: progress.instanceUpdated + updated,
    instanceFailed: progress.instanceFailed + failed,
    errors: [...errors, ...studyErrors].slice(0, MOST_ERRORS),
  };
}
