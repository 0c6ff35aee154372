import { newStackData, startStackArchive } from './stack-archive.js';
import { newDataFolder, startStandalone } from './standalone-process.js';
import type { TopicRecord } from './topic-records.js';

export interface ArchiveOptions {
  /** Settings beside the standard ones. */
  readonly env?: Readonly<Record<string, string>>;
  /** What an earlier archive stored: taken up again. Otherwise it begins empty and leaves nothing behind. */
  readonly data?: ArchiveData;
  /** Processes of each service, where there are several; for a test of what one process does. */
  readonly replicas?: number;
}

/** Names what is stored beyond the life of the processes. */
export interface ArchiveData {
  readonly name: string;
  /** Everything that is stored under the name goes. */
  readonly remove: () => Promise<void>;
}

export interface ArchiveProcess {
  readonly name: string;
  /** Throws when it does not run. */
  readonly pid: number;
  readonly running: boolean;
  /** What it wrote to both of its outputs. */
  readonly log: string;
}

/** A running isocenter as its clients see it, and what a test may do to it. */
export interface Archive {
  /** Of the gateway. */
  readonly baseUrl: string;
  readonly processes: readonly ArchiveProcess[];
  /** The one that serves `baseUrl`. */
  readonly front: ArchiveProcess;
  readonly metricsUrls: readonly string[];
  readonly data: ArchiveData;
  /** What all processes wrote. */
  readonly log: string;
  /** Whether all processes run. */
  readonly running: boolean;
  /** Keys of the objects, segments encoded (DESIGN §7); without the journal. */
  readonly listObjects: () => Promise<readonly string[]>;
  /** Objects that are being written, or were left behind by writers. */
  readonly listUnfinishedObjects: () => Promise<readonly string[]>;
  /** From now on no metadata are written, as if their writer had paused. Resolves with what lets it go on. */
  readonly pauseWriter: () => Promise<() => Promise<void>>;
  /** Every call on the objects fails until what it resolves with is called. */
  readonly takeObjectsAway: () => Promise<() => Promise<void>>;
  /** The records of a topic now, by its name without prefix; partition by partition, in order. */
  readonly readTopic: (name: string) => Promise<readonly TopicRecord[]>;
  /** Stops the processes; what is stored stays. */
  readonly stop: () => Promise<void>;
  /** Stops the processes, and removes what was stored unless `data` was given. */
  readonly end: () => Promise<void>;
}

/** `E2E_PROFILE=stack`: services as processes on Kafka, MongoDB and MinIO, which the environment names; otherwise one process. */
export const profile = process.env.E2E_PROFILE === 'stack' ? 'stack' : 'standalone';

/** The built application in the profile that is tested, on free ports of the loopback interface. */
export const startArchive = (options: ArchiveOptions = {}): Promise<Archive> => (profile === 'stack' ? startStackArchive(options) : startStandalone(options));

/** What an archive that is started several times stores into. */
export const newArchiveData = (): Promise<ArchiveData> => (profile === 'stack' ? newStackData() : newDataFolder());
