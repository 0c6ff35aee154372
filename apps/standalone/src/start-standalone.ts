import { createAuthenticator } from '@isocenter/auth';
import { ChangeFeedModule, endStreams } from '@isocenter/change-feed';
import { CommandSender } from '@isocenter/commands';
import type { Settings } from '@isocenter/config';
import { closeDescribeWorker } from '@isocenter/dicom';
import { eventLogSchema, EventLogServer, SqliteEventLog, TOPICS, type ConsumedTopic } from '@isocenter/event-log';
import { Gateway, Health } from '@isocenter/gateway';
import { createServiceApp, type Service, type ServiceApp } from '@isocenter/http';
import { IndexingModule, indexingTopics } from '@isocenter/index';
import { IngestingModule } from '@isocenter/ingest';
import { metadataSchema, SqliteMetadataStore } from '@isocenter/metadata-store';
import { FilesObjectStore, measured } from '@isocenter/object-store';
import { RetrievingModule } from '@isocenter/retrieve';
import { StandaloneFile } from '@isocenter/standalone-file';
import { createLogger, startMetrics, type Logger } from '@isocenter/telemetry';
import type { DynamicModule } from '@nestjs/common';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { observeQueues } from './observe-queues.js';

export interface Standalone {
  /** `http://host:port` */
  readonly address: string;
  readonly metricsPort: number;
  /** Finishes the requests in flight, then releases the folder. */
  close(): Promise<void>;
}

/** Bytes of outcome hints that one batch holds at most. */
const HINT_BATCH_BYTES = 1024 * 1024;
/** Requests in flight when the process is told to stop may take so long. */
const STOP_MS = 30_000;

/** All services in one process, over the standalone adapters of the three ports. Resolves when requests are answered. */
export async function startStandalone(settings: Settings): Promise<Standalone> {
  const logOf = (service: string): Logger => createLogger({ level: settings.logLevel, service });
  const log = logOf('standalone');
  const file = StandaloneFile.open(settings.dataDir, [eventLogSchema, metadataSchema]);
  const eventLog = await SqliteEventLog.open(file, Object.values(TOPICS));
  const store = new SqliteMetadataStore(file);
  const objects = measured(await FilesObjectStore.open(join(settings.dataDir, 'objects')));
  const swept = await objects.sweepTemporary(0);
  if (swept > 0) log.info({ swept }, 'temporary files of an earlier process were removed');
  const commands = new CommandSender(eventLog, store);

  const onError = (service: string) => {
    const serviceLog = logOf(service);
    return (err: Error, where: object): void => serviceLog.error({ err, ...where }, 'a batch could not be handled; it is handed over again');
  };
  const serve = async (service: Service, module: DynamicModule, topics: readonly ConsumedTopic[], jsonLimitBytes?: number): Promise<ServiceApp> => {
    const made = await createServiceApp(module, { service, serviceSecret: settings.serviceSecret, log: logOf(service), jsonLimitBytes });
    if (topics.length > 0) {
      made.app.connectMicroservice({ strategy: new EventLogServer({ eventLog, topics, onError: onError(service) }) });
      await made.app.startAllMicroservices();
    }
    return made;
  };

  const index = await serve('index', IndexingModule.register({ eventLog, store, commands }, { graceMs: settings.deleteGraceMs, deadlineMs: settings.storeDeadlineMs, log: logOf('index') }), indexingTopics(store));
  const ingest = await serve('ingest', IngestingModule.register({ eventLog, store, objects, commands }, { ...settings, deadlineMs: settings.storeDeadlineMs, log: logOf('ingest') }),
    [{ topic: TOPICS.instanceOutcomes, group: 'ingest', from: 'latest', maxBatchBytes: HINT_BATCH_BYTES }], 0);
  const retrieve = await serve('retrieve', RetrievingModule.register({ store, objects }), []);
  const changeFeed = await serve('change-feed', ChangeFeedModule.register({ store, objects }, { journalIntervalMs: settings.journalIntervalMs, log: logOf('change-feed') }), []);
  const services = { ingest, index, retrieve, 'change-feed': changeFeed };

  const health = new Health([
    { name: 'EventLog', check: () => eventLog.ping() },
    { name: 'MetadataStore', check: () => store.ping() },
    { name: 'ObjectStore', check: () => objects.check() },
  ]);
  const gateway = new Gateway({
    authenticate: await createAuthenticator(settings, logOf('gateway')),
    anonymous: settings.apiKeysFile === undefined,
    serviceSecret: settings.serviceSecret,
    services: { ingest: ingest.handle, index: index.handle, retrieve: retrieve.handle, 'change-feed': changeFeed.handle },
    health: health.handle,
    log: logOf('gateway'),
  });
  const metrics = await startMetrics({ host: settings.host, port: settings.metricsPort });
  const stopObserving = observeQueues(file, eventLog, indexingTopics(store));
  gateway.server.listen(settings.port, settings.host);
  await once(gateway.server, 'listening');
  const { port } = gateway.server.address() as AddressInfo;

  return {
    address: `http://${settings.host.includes(':') ? `[${settings.host}]` : settings.host}:${port}`,
    metricsPort: metrics.port,
    close: async () => {
      health.stopping = true;
      endStreams(changeFeed.app);
      await stopServer(gateway.server);
      for (const { app } of Object.values(services)) await app.close();
      commands.close();
      stopObserving();
      await Promise.all([metrics.close(), closeDescribeWorker(), objects.close()]);
      await file.close();
    },
  };
}

/** No new connections; those that are busy end with their request, or are cut when that takes too long. */
async function stopServer(server: Gateway['server']): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const cut = setTimeout(() => server.closeAllConnections(), STOP_MS);
  await closed;
  clearInterval(idle);
  clearTimeout(cut);
}
