import type { App, Settings } from '@isocenter/config';
import type { ConsumedTopic, EventLog } from '@isocenter/event-log';
import type { FramePool } from '@isocenter/imaging';
import type { MetadataStore } from '@isocenter/metadata-store';
import type { ByteBudget, ObjectStore } from '@isocenter/object-store';
import type { ResultCache } from '@isocenter/result-cache';
import type { Service } from '@isocenter/http';
import type { Logger } from '@isocenter/telemetry';
import type { DynamicModule, INestApplicationContext } from '@nestjs/common';

/** The ports that a service may be given. */
export interface Ports {
  readonly eventLog: EventLog;
  readonly store: MetadataStore;
  readonly objects: ObjectStore;
}
export type PortName = keyof Ports;

/**
 * What a service is, told once for both profiles: as a process of its own it gets ports to servers, in standalone those of
 * the one file.
 */
export interface ServiceDefinition<A extends Service & App, P extends PortName> {
  readonly name: A;
  /** What it is given; always one and the same for the life of the process. */
  readonly ports: readonly P[];
  /** The ports without which none of its requests can be answered: it is ready while these are there. */
  readonly neededToServe: readonly P[];
  compose(given: Pick<Ports, P> & Surroundings<A>): ServiceComposition;
}

/** What every service has beside its ports. */
export interface Surroundings<A extends App> {
  /** Those that both profiles have. */
  readonly settings: Settings<A | 'standalone'>;
  /** Of all buffers of the process that grow with what clients send (I6). */
  readonly budget: ByteBudget;
  /** The threads of the process that decode, encode and render frames; they start when there is work. */
  readonly frames: FramePool;
  /** What they made, as far as it is kept. */
  readonly results: ResultCache;
  readonly log: Logger;
}

export interface ServiceComposition {
  readonly module: DynamicModule;
  /** What its `@OnTopic` handlers consume. */
  readonly topics?: readonly ConsumedTopic[];
  /** As in ServiceAppOptions. */
  readonly jsonLimitBytes?: number;
  /** Ends the answers that would never end by themselves. */
  endStreams?(app: INestApplicationContext): void;
  /** Releases what `compose` made; called last. */
  close?(): void | Promise<void>;
}
