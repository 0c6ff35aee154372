import { createAuthenticator } from '@isocenter/auth';
import { changeFeedService } from '@isocenter/change-feed';
import type { Settings } from '@isocenter/config';
import { eventLogSchema, observedEventLog, SqliteEventLog, TOPICS } from '@isocenter/event-log';
import { Gateway, openViewer } from '@isocenter/gateway';
import { indexService } from '@isocenter/index';
import { ingestService } from '@isocenter/ingest';
import { measuredMetadataStore, metadataSchema, SqliteMetadataStore } from '@isocenter/metadata-store';
import { ByteBudget, FilesObjectStore, measured } from '@isocenter/object-store';
import { renderService } from '@isocenter/render';
import { retrieveService } from '@isocenter/retrieve';
import { Health, listen, observeDependencies, observeFramePool, openFramePool, openResultCache, startServiceApp, stopServer, type RunningProcess, type ServiceComposition } from '@isocenter/service-process';
import { StandaloneFile } from '@isocenter/standalone-file';
import { createLogger, observedGauge, startMetrics, type Logger } from '@isocenter/telemetry';
import { join } from 'node:path';
import { observeDisk } from './observe-disk.js';

/** All services in one process, over the standalone adapters of the three ports. Resolves when requests are answered. */
export async function startStandalone(settings: Settings): Promise<RunningProcess> {
  const { host, port, serviceSecret } = settings;
  const logOf = (service: string): Logger => createLogger({ level: settings.logLevel, service });
  const log = logOf('standalone');
  const file = StandaloneFile.open(settings.dataDir, [eventLogSchema, metadataSchema]);
  const eventLog = observedEventLog(await SqliteEventLog.open(file, Object.values(TOPICS)), 'sqlite');
  const store = measuredMetadataStore(new SqliteMetadataStore(file));
  const objects = measured(await FilesObjectStore.open(join(settings.dataDir, 'objects')));
  const swept = await objects.sweepTemporary(0);
  if (swept > 0) log.info({ swept }, 'temporary files of an earlier process were removed');

  const frames = openFramePool(settings);
  const results = openResultCache('standalone', settings, log);
  results.follow(store);
  const ports = { eventLog, store, objects, settings, frames, results, budget: new ByteBudget(settings.bufferBudgetBytes) };
  const start = ({ name }: { readonly name: string }, composition: ServiceComposition) => startServiceApp(composition, { service: name, serviceSecret, eventLog, log: logOf(name) });
  const index = await start(indexService, indexService.compose({ ...ports, log: logOf('index') }));
  const ingest = await start(ingestService, ingestService.compose({ ...ports, log: logOf('ingest') }));
  const retrieve = await start(retrieveService, retrieveService.compose({ ...ports, log: logOf('retrieve') }));
  const render = await start(renderService, renderService.compose({ ...ports, log: logOf('render') }));
  const changeFeed = await start(changeFeedService, changeFeedService.compose({ ...ports, log: logOf('change-feed') }));
  const services = [ingest, index, retrieve, render, changeFeed];

  const dependencies = [
    { name: 'EventLog', needed: true, check: () => eventLog.ping() },
    { name: 'MetadataStore', needed: true, check: () => store.ping() },
    { name: 'ObjectStore', needed: true, check: () => objects.check() },
  ];
  const health = new Health(dependencies);
  const gateway = new Gateway({
    authenticate: await createAuthenticator(settings, logOf('gateway')),
    anonymous: settings.apiKeysFile === undefined,
    serviceSecret,
    services: { ingest: ingest.handle, index: index.handle, retrieve: retrieve.handle, render: render.handle, 'change-feed': changeFeed.handle },
    health: health.handle,
    viewer: openViewer(settings.viewer),
    log: logOf('gateway'),
  });
  const metrics = await startMetrics({ host, port: settings.metricsPort });
  const observing = [
    observedGauge('standalone_file_pending_writes', 'Values that wait for the writer of the standalone file', () => file.pendingWrites),
    observeDependencies(dependencies),
    observeFramePool(frames),
    observeDisk(settings.dataDir),
  ];
  const address = await listen(gateway.server, { host, port });
  health.state = 'serving';

  return {
    address,
    metricsPort: metrics.port,
    serving: Promise.resolve(),
    close: async () => {
      health.state = 'stopping';
      for (const service of services) service.endStreams();
      await stopServer(gateway.server);
      for (const service of services) await service.close();
      await frames.close();
      await results.close();
      for (const stop of observing) stop();
      await Promise.all([metrics.close(), objects.close()]);
      await file.close();
    },
  };
}
