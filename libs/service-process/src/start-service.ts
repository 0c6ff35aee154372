import type { App, Settings } from '@isocenter/config';
import { answerRaw, readContext, ServiceUnavailable, wrapError, type Service } from '@isocenter/http';
import { ByteBudget } from '@isocenter/object-store';
import { createLogger, startMetrics, type Logger } from '@isocenter/telemetry';
import { Health } from './health.js';
import { createInternalServer, readServiceTls, type Answer } from './internal-server.js';
import { listen } from './listen.js';
import { observeDependencies } from './observe-dependencies.js';
import { observeFramePool } from './observe-frame-pool.js';
import { openFramePool } from './open-frame-pool.js';
import { openResultCache } from './open-result-cache.js';
import { openingPorts, type OpeningPorts } from './opening-ports.js';
import type { RunningProcess } from './run-process.js';
import type { PortName, Ports, ServiceDefinition } from './service-definition.js';
import { startServiceApp, type StartedServiceApp } from './start-service-app.js';
import { stopServer } from './stop-server.js';
import { untilThere } from './until-there.js';

/** Of a service that receives nothing large. */
const STANDARD_BUDGET_BYTES = 128 * 1024 ** 2;

/**
 * One service as a process of its own. Resolves when it listens: from then on it is live, and it is ready when its ports
 * are there and its consumers run, which `serving` tells.
 */
export async function startService<A extends Service & App, P extends PortName>(
  definition: ServiceDefinition<A, P>,
  settings: Settings<A>,
  portsOf: (definition: ServiceDefinition<A, P>, settings: Settings<A>, budget: ByteBudget, log: Logger) => OpeningPorts<P> = openingPorts,
): Promise<RunningProcess> {
  const { name } = definition;
  const { host, port, metricsPort, serviceSecret, logLevel, ...tlsFiles } = settings as unknown as Settings<Service & App>;
  const log = createLogger({ level: logLevel, service: name });
  const budget = new ByteBudget((settings as Partial<Settings<'ingest'>>).bufferBudgetBytes ?? STANDARD_BUDGET_BYTES);
  const frames = openFramePool(settings as Partial<Settings<'render'>>);
  const results = openResultCache(name, settings as Partial<Settings<'render'>>, log);
  const ports = portsOf(definition, settings, budget, log);
  const health = new Health(ports.health);
  let answer: Answer = refuseWhileStarting(name, serviceSecret);
  const server = createInternalServer(readServiceTls(tlsFiles), health.handle, (request, response) => answer(request, response));
  const address = await listen(server, { host, port });
  const metrics = await startMetrics({ host, port: metricsPort });
  const observing = [observeDependencies(ports.health), ...('imageThreads' in settings ? [observeFramePool(frames)] : [])];
  const stopping = new AbortController();
  let app: StartedServiceApp | undefined;

  const serve = async (): Promise<void> => {
    const opened = await ports.open(stopping.signal);
    const { eventLog, store } = opened as Partial<Ports>;
    if (store) results.follow(store);
    const start = (): Promise<StartedServiceApp> => startServiceApp(definition.compose({ ...opened, settings: settings as unknown as Settings<A | 'standalone'>, budget, frames, results, log }), { service: name, serviceSecret, log, eventLog });
    // A broker may be lost, or still busy with a new topic, when the consumers start.
    app = await untilThere('EventLog', start, { log, signal: stopping.signal });
    answer = app.handle;
    if (health.state === 'starting') health.state = 'serving';
    log.info({ address, metricsPort: metrics.port }, 'serving');
  };

  const serving = serve().catch((error: unknown) => {
    // Told to stop while it waited for its servers: that is no failure.
    if (!stopping.signal.aborted) throw error;
  });
  return {
    address,
    metricsPort: metrics.port,
    serving,
    close: async () => {
      health.state = 'stopping';
      stopping.abort();
      await serving.catch(() => undefined);
      app?.endStreams();
      await stopServer(server);
      await app?.close();
      await frames.close();
      await results.close();
      for (const stop of observing) stop();
      await Promise.all([metrics.close(), ports.close()]);
    },
  };
}

function refuseWhileStarting(service: Service, secret: string): Answer {
  return (request, response) => {
    try {
      readContext(request.headers, secret);
      throw new ServiceUnavailable(`The service ${service} is starting: it waits for the servers that it needs. Repeat the request.`);
    } catch (error) {
      answerRaw(request, response, wrapError(error, ''));
    }
  };
}
