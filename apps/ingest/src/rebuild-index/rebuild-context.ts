import type { CommandSender } from '@isocenter/commands';
import type { EventLog } from '@isocenter/event-log';
import type { MetadataStore } from '@isocenter/metadata-store';
import type { ObjectStore } from '@isocenter/object-store';
import type { Operation, StepOutcome } from '@isocenter/operations';
import type { IngestOptions } from '../ingest-options.js';
import type { RebuildProgress } from './rebuild-progress.js';

export interface RebuildPorts {
  readonly store: MetadataStore;
  readonly objects: ObjectStore;
  readonly eventLog: EventLog;
  readonly commands: CommandSender;
}

/** What a step of a phase sees. */
export interface RebuildContext {
  readonly ports: RebuildPorts;
  readonly options: IngestOptions;
  readonly operation: Operation;
  readonly signal: AbortSignal;
}

/** What a step changes; its phase is done when it names another one. `done`: the rebuild is. Undefined: it was broken off, and is taken again. */
export type PhaseStep = (progress: RebuildProgress, context: RebuildContext) => Promise<(Partial<RebuildProgress> & Pick<StepOutcome, 'percent' | 'done' | 'waitMs'>) | undefined>;
