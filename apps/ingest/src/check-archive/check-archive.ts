import type { CommandSender } from '@isocenter/commands';
import { MetadataLostError, requireWholeMetadata } from '@isocenter/journal';
import type { MetadataStore } from '@isocenter/metadata-store';
import type { ObjectStore } from '@isocenter/object-store';
import { OperationFailedError, type Operation, type OperationHandler, type StepOutcome } from '@isocenter/operations';
import type { IngestOptions } from '../ingest-options.js';
import { compareFeed } from './compare-feed.js';
import { compareInstances } from './compare-instances.js';
import { compareJournal } from './compare-journal.js';
import { compareObjects } from './compare-objects.js';
import type { Finding } from './finding.js';
import type { CheckRequest } from './parse-check.js';
import { removeOldReports, writeReportPart } from '../operation-report.js';

export const CHECK = 'check';

export interface CheckPorts {
  readonly store: MetadataStore;
  readonly objects: ObjectStore;
  readonly commands: CommandSender;
}

/** What a step of a phase sees. */
export interface CheckContext {
  readonly ports: CheckPorts;
  readonly request: CheckRequest;
  readonly operation: string;
  readonly options: Pick<IngestOptions, 'budget' | 'maxHeaderBytes'>;
  /** Milliseconds that an object is left alone, whoever knows it. */
  readonly ageMs: number;
  readonly signal: AbortSignal;
  /** The step has taken its time: what is left is the next one's. */
  readonly isOver: () => boolean;
}

/** What a step of a phase found. */
export interface Compared<Place> {
  readonly findings: readonly Finding[];
  /** What was looked at. */
  readonly count: number;
  /** Where the next step goes on; absent: the phase is done. */
  readonly next?: Place;
}

interface Phase {
  /** Names the count in the results. */
  readonly of: string;
  /** A part of the archive is compared from a place on, or from its beginning. */
  readonly compare: (context: CheckContext, place: never) => Promise<Compared<unknown>>;
}

/** In this order: what one of them mends is looked at by the next. */
const PHASES: readonly Phase[] = [
  { of: 'changes', compare: compareFeed }, { of: 'journaled', compare: compareJournal }, { of: 'instances', compare: compareInstances }, { of: 'objects', compare: compareObjects },
];

interface Progress {
  readonly phase: number;
  /** Of the phase in hand; absent at its beginning. */
  readonly place?: unknown;
  /** Parts of the report so far. */
  readonly parts: number;
  /** What was looked at, by phase. */
  readonly checked: Readonly<Record<string, number>>;
  /** Differences by kind, and how many are left. */
  readonly differences: Readonly<Record<string, number>>;
  readonly left: number;
  readonly first: readonly Finding[];
}

const BEGIN: Progress = { phase: 0, parts: 0, checked: {}, differences: {}, left: 0, first: [] };
const STEP_MS = 1_000;
/** A step is followed by a rest of so many times its length: what else the archive does comes first. */
const REST = 1;
/** Differences that the results tell of; the report has all. */
const MOST_FIRST = 20;

/**
 * Compares what the archive has in several places with itself, part by part, beside everything else that it does. Nothing is
 * held that grows with the archive: where a phase goes on is in the operation's row, and what it found in the report.
 */
export class CheckArchive implements OperationHandler {
  readonly type = CHECK;

  private readonly ageMs: number;

  constructor(private readonly ports: CheckPorts, private readonly options: Pick<IngestOptions, 'graceMs' | 'deadlineMs' | 'budget' | 'maxHeaderBytes'>) {
    const { graceMs, deadlineMs } = options;
    // As the sweep has it.
    this.ageMs = Math.max(graceMs, 2 * deadlineMs);
  }

  async step({ id, request, state }: Operation, signal: AbortSignal): Promise<StepOutcome> {
    const progress: Progress = { ...BEGIN, ...(state as Partial<Progress>) };
    const phase = PHASES[progress.phase];
    if (!phase) return { done: true, results: resultsOf(progress) };
    await requireWhole(this.ports);
    if (progress.phase === 0 && progress.place === undefined) await removeOldReports(this.ports.objects);
    const began = performance.now();
    const context: CheckContext = { ports: this.ports, request: request as CheckRequest, operation: id, options: this.options, ageMs: this.ageMs, signal, isOver: () => performance.now() - began >= STEP_MS };
    const compared = await phase.compare(context, progress.place as never);
    if (compared.findings.length > 0) await writeReportPart(this.ports.objects, id, progress.parts, compared.findings);
    const after = addCompared(progress, phase, compared);
    return { state: after, percent: percentOf(after), results: resultsOf(after), waitMs: REST * (performance.now() - began) };
  }
}

/** What lost its metadata differs in everything; to rebuild it is another operation. */
async function requireWhole({ store, objects }: CheckPorts): Promise<void> {
  try {
    await requireWholeMetadata(store, objects);
  } catch (error) {
    throw error instanceof MetadataLostError ? new OperationFailedError(error.message) : error;
  }
}

function addCompared(progress: Progress, { of }: Phase, { findings, count, next }: Compared<unknown>): Progress {
  const differences = { ...progress.differences };
  for (const { kind } of findings) differences[kind] = (differences[kind] ?? 0) + 1;
  return {
    phase: next === undefined ? progress.phase + 1 : progress.phase, ...(next !== undefined && { place: next }),
    parts: progress.parts + (findings.length > 0 ? 1 : 0),
    checked: { ...progress.checked, [of]: (progress.checked[of] ?? 0) + count },
    differences, left: progress.left + findings.filter(({ mended }) => !mended).length,
    first: [...progress.first, ...findings].slice(0, MOST_FIRST),
  };
}

/** By the phases: nobody counts what is in them. */
function percentOf({ phase }: Progress): number {
  return Math.min(99, (100 * phase) / PHASES.length);
}

function resultsOf({ checked, differences, left, first }: Progress): object {
  return { checked, differences, left, first };
}
