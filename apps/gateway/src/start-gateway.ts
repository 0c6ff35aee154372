import { createAuthenticator } from '@isocenter/auth';
import type { Settings } from '@isocenter/config';
import { createLogger, startMetrics } from '@isocenter/telemetry';
import { Health, listen, readServiceTls, stopServer, type RunningProcess } from '@isocenter/service-process';
import { askServices } from './forward-to-service/ask-services.js';
import { forwardToService } from './forward-to-service/forward-to-service.js';
import { Replicas } from './forward-to-service/replicas.js';
import { Gateway } from './gateway.js';
import { openViewer } from './viewer/viewer.js';

/**
 * The gateway as a process of its own. It is ready as soon as it listens, whatever its services do: what one of them cannot
 * answer is refused with the reason, while a gateway that is not ready would take the other services away too.
 */
export async function startGateway(settings: Settings<'gateway'>): Promise<RunningProcess> {
  const { host, port, metricsPort, serviceSecret } = settings;
  const log = createLogger({ level: settings.logLevel, service: 'gateway' });
  const tls = readServiceTls(settings);
  const replicas = {
    ingest: new Replicas(settings.ingestUrl, tls),
    index: new Replicas(settings.indexUrl, tls),
    retrieve: new Replicas(settings.retrieveUrl, tls),
    render: new Replicas(settings.renderUrl, tls),
    'change-feed': new Replicas(settings.changeFeedUrl, tls),
  };
  const health = new Health([], () => askServices(replicas));
  const gateway = new Gateway({
    authenticate: await createAuthenticator(settings, log),
    anonymous: settings.apiKeysFile === undefined,
    serviceSecret,
    services: {
      ingest: forwardToService('ingest', replicas.ingest, log),
      index: forwardToService('index', replicas.index, log),
      retrieve: forwardToService('retrieve', replicas.retrieve, log),
      render: forwardToService('render', replicas.render, log),
      'change-feed': forwardToService('change-feed', replicas['change-feed'], log),
    },
    health: health.handle,
    viewer: openViewer(settings.viewer),
    log,
  });
  const metrics = await startMetrics({ host, port: metricsPort });
  const address = await listen(gateway.server, { host, port });
  health.state = 'serving';
  log.info({ address, metricsPort: metrics.port }, 'serving');
  return {
    address,
    metricsPort: metrics.port,
    serving: Promise.resolve(),
    close: async () => {
      health.state = 'stopping';
      for (const one of Object.values(replicas)) one.endStreams();
      await stopServer(gateway.server);
      for (const one of Object.values(replicas)) one.close();
      await metrics.close();
    },
  };
}
