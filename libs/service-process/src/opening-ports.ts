import type { App, Settings } from '@isocenter/config';
import type { Service } from '@isocenter/http';
import type { MetadataStore } from '@isocenter/metadata-store';
import type { ByteBudget } from '@isocenter/object-store';
import type { Logger } from '@isocenter/telemetry';
import type { HealthCheck } from './health.js';
import { openEventLog } from './open-event-log.js';
import { openMetadataStore } from './open-metadata-store.js';
import { openObjectStore } from './open-object-store.js';
import { OpeningPort } from './opening-port.js';
import type { PortName, Ports, ServiceDefinition } from './service-definition.js';

export interface OpeningPorts<P extends PortName> {
  readonly health: readonly HealthCheck[];
  /** Resolves when all are there, however long that takes; see OpeningPort. */
  open(signal: AbortSignal): Promise<Pick<Ports, P>>;
  close(): Promise<void>;
}

/** The ports of a service, to the servers that its settings name. */
export function openingPorts<A extends Service & App, P extends PortName>({ name, ports, neededToServe }: ServiceDefinition<A, P>, settings: Settings<A>, budget: ByteBudget, log: Logger): OpeningPorts<P> {
  // A service has the settings of the ports that it lists: the table of settings says so.
  const all = settings as unknown as Settings<'ingest'>;
  const has = (port: PortName): boolean => (ports as readonly PortName[]).includes(port);
  const needed = (port: PortName): boolean => (neededToServe as readonly PortName[]).includes(port);
  let metadata: MetadataStore | undefined;
  const store = new OpeningPort({ name: 'MetadataStore', needed: needed('store'), open: () => openMetadataStore(all, log), check: (port) => port.ping(), close: (port) => port.close() });
  const objects = new OpeningPort({ name: 'ObjectStore', needed: needed('objects'), open: () => openObjectStore(all, budget), check: (port) => port.check(), close: (port) => port.close() });
  const eventLog = new OpeningPort({ name: 'EventLog', needed: needed('eventLog'), open: () => openEventLog(all, name, metadata!, log), check: (port) => port.ping(), close: (port) => port.close() });
  const listed = [...(has('eventLog') ? [eventLog] : []), store, ...(has('objects') ? [objects] : [])];
  return {
    health: listed.map((port) => port.health),
    open: async (signal) => {
      const withObjects = has('objects') ? objects.open(log, signal) : undefined;
      // Every service has the metadata store, and the log keeps its numbers of partitions there.
      [metadata] = await Promise.all([store.open(log, signal), withObjects]);
      const opened = { store: metadata, objects: await withObjects, eventLog: has('eventLog') ? await eventLog.open(log, signal) : undefined };
      return opened as Pick<Ports, PortName> as Pick<Ports, P>;
    },
    close: async () => {
      await Promise.all(listed.map((port) => port.close()));
    },
  };
}
