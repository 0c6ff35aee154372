import { NotFound } from '@isocenter/http';
import { ObjectNotFoundError, ObjectTruncatedError, type ObjectStore } from '@isocenter/object-store';
import { StepPage, type Operation, type OperationHandler, type StepOutcome } from '@isocenter/operations';
import type { StoredInstances } from '@isocenter/stored-instances';
import type { Logger } from '@isocenter/telemetry';
import { copyInstance } from './copy-instance.js';
import { joinErrorParts, writeErrorPart, type ExportError } from './error-log.js';
import type { ExportDestinations } from './export-destinations.js';
import { ExportKeys } from './export-keys.js';
import { BEGIN, listExported, type Exported, type Place } from './list-exported.js';
import type { ExportRequest } from './parse-export.js';

export const EXPORT = 'export';

/** Instances that one step takes, and how long it goes on to take them. */
const PAGE = 256;
const STEP_MS = 3_000;
/** Instances in flight: some are read while others are written and synced. */
const IN_FLIGHT = 4;

interface Progress extends Place {
  readonly exported: number;
  readonly skipped: number;
  /** Parts of errors.log so far. */
  readonly errorParts: number;
}

/**
 * The work of an export: identifier by identifier, instance by instance, in pages. Objects of a destination are written once,
 * so a step that is done twice writes nothing twice. What cannot be read is skipped and told in errors.log; while the
 * destination or the archive's own store is away the step is tried again.
 */
export class ExportInstances implements OperationHandler {
  readonly type = EXPORT;

  constructor(private readonly instances: StoredInstances, private readonly destinations: ExportDestinations, private readonly log: Pick<Logger, 'error'>) {}

  async step(operation: Operation, signal: AbortSignal): Promise<StepOutcome> {
    const { identifiers, destination, prefix } = operation.request as ExportRequest;
    const progress: Progress = { ...BEGIN, exported: 0, skipped: 0, errorParts: 0, ...(operation.state as Partial<Progress>) };
    const target = await this.destinations.open(destination);
    const keys = new ExportKeys(prefix, operation.id);
    if (progress.identifier < identifiers.length) return this.exportPage(operation, progress, target, keys, signal);
    await joinErrorParts(target, keys, progress.errorParts);
    return { done: true, results: { ...countsOf(progress), errorHref: keys.errors } };
  }

  private async exportPage(operation: Operation, progress: Progress, target: ObjectStore, keys: ExportKeys, signal: AbortSignal): Promise<StepOutcome> {
    const { identifiers } = operation.request as ExportRequest;
    const partition = await this.instances.store.findPartition(operation.partition!);
    const page = new StepPage(listExported(this.instances, partition!.key, identifiers, progress), { most: PAGE, forMs: STEP_MS, signal });
    const errors: ExportError[] = [];
    const lane = async (): Promise<void> => {
      for (let next = await page.next(); next; next = await page.next()) {
        const error = await this.exportOne(next, operation, target, keys, signal);
        if (error !== undefined) errors.push({ timestamp: new Date().toISOString(), identifier: next.identifier, error });
      }
    };
    const lanes = await Promise.allSettled(Array.from({ length: IN_FLIGHT }, lane));
    const broken = lanes.find((result) => result.status === 'rejected');
    if (broken) throw broken.reason;
    signal.throwIfAborted();
    if (errors.length > 0) await writeErrorPart(target, keys.errorPart(progress.errorParts), errors);
    const last = page.taken.at(-1);
    const after: Progress = {
      ...(last?.next ?? { ...BEGIN, identifier: identifiers.length }),
      exported: progress.exported + page.taken.length - errors.length, skipped: progress.skipped + errors.length, errorParts: progress.errorParts + (errors.length > 0 ? 1 : 0),
    };
    return { state: after, percent: Math.min(99, 100 * (last?.part ?? 1)), results: countsOf(after) };
  }

  /** Resolves with why it was skipped, if it was. */
  private async exportOne({ row }: Exported, { id }: Operation, target: ObjectStore, keys: ExportKeys, signal: AbortSignal): Promise<string | undefined> {
    if (!row) return 'There is nothing stored with this identifier.';
    try {
      await copyInstance(row, this.instances, target, keys.instance(row), signal);
      return undefined;
    } catch (error) {
      if (error instanceof NotFound) return 'It was deleted while the export ran.';
      if (!(error instanceof ObjectNotFoundError || error instanceof ObjectTruncatedError)) throw error;
      this.log.error({ operation: id, error: error.code }, 'an instance was not exported: its object is missing or too short');
      return 'Its object is missing or damaged; the log of the server says so too.';
    }
  }
}

function countsOf({ exported, skipped }: Progress): { exported: number; skipped: number } {
  return { exported, skipped };
}
