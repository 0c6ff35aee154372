import { REBUILD } from '@isocenter/metadata-store';
import type { Operation, OperationHandler, StepOutcome } from '@isocenter/operations';
import type { IngestOptions } from '../ingest-options.js';
import { beginRebuild } from './begin-rebuild.js';
import { deriveInstances } from './derive-instances.js';
import { digestArchive } from './digest-archive.js';
import { moveState } from './move-state.js';
import type { PhaseStep, RebuildPorts } from './rebuild-context.js';
import { NOTHING_YET, resultsOf, type RebuildProgress, type RebuildRequest } from './rebuild-progress.js';
import { replayJournal } from './replay-journal.js';
import { restoreInstances } from './restore-instances.js';
import { restoreUndecided } from './restore-undecided.js';
import { settleObjects } from './settle-objects.js';

export const REBUILD_INDEX = 'rebuild-index';

const BROKEN_OFF_MS = 500;

const PHASES: { readonly [P in RebuildProgress['phase']]: PhaseStep } = {
  begin: beginRebuild, replay: replayJournal, restore: restoreInstances, derive: deriveInstances, settle: settleObjects, undecided: restoreUndecided, digest: digestArchive,
};

/**
 * Metadata, index and feed from objects and journal (I10). Lost ones: the changes first, then the instances that they leave,
 * study by study, then what the journal does not know. Whole ones: instance by instance in place. Each step's place is in the
 * store, in the operation's row or in what it brought back, so it goes on behind a kill.
 */
export class RebuildIndex implements OperationHandler {
  readonly type = REBUILD_INDEX;

  constructor(private readonly ports: RebuildPorts, private readonly options: IngestOptions) {}

  async step(operation: Operation, signal: AbortSignal): Promise<StepOutcome> {
    const before: RebuildProgress = { ...NOTHING_YET, ...(operation.state as Partial<RebuildProgress>) };
    const step = await PHASES[before.phase](before, { ports: this.ports, options: this.options, operation, signal });
    // Broken off, or another process was faster: then there is no hurry.
    if (!step) return { waitMs: BROKEN_OFF_MS };
    const { percent, done, waitMs, ...changed } = step;
    const after: RebuildProgress = { ...before, ...changed };
    return { state: after, results: resultsOf(after), ...(percent !== undefined && { percent: Math.min(99, percent) }), ...(done && { done }), ...(waitMs !== undefined && { waitMs }) };
  }

  /** What is lost is lost until another rebuild goes on. */
  async end({ id, request, state }: Operation): Promise<void> {
    const { store } = this.ports;
    if ((request as RebuildRequest).task !== 'rebuild') return;
    const rebuild = await store.readCursor(REBUILD);
    if (!rebuild || rebuild.detail === '' || rebuild.detail === 'lost') return;
    const isBack = ({ ...NOTHING_YET, ...(state as Partial<RebuildProgress>) }).phase === 'digest';
    await moveState(store, id, rebuild, isBack || rebuild.detail === 'deriving' ? '' : 'lost');
  }
}
