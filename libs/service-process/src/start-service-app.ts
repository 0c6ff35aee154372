import { EventLogServer, type EventLog } from '@isocenter/event-log';
import { createServiceApp, type ServiceApp } from '@isocenter/http';
import type { Logger } from '@isocenter/telemetry';
import { observeLag } from './observe-lag.js';
import type { ServiceComposition } from './service-definition.js';

export interface ServiceAppContext {
  readonly service: string;
  readonly serviceSecret: string;
  readonly log: Logger;
  /** Needed by a service that consumes. */
  readonly eventLog: EventLog | undefined;
}

export interface StartedServiceApp {
  readonly handle: ServiceApp['handle'];
  /** Ends what never ends by itself; called before the requests in flight are waited for. */
  endStreams(): void;
  /** Stops consumers and background work, when no request is in flight any more. */
  close(): Promise<void>;
}

/** The application of one service with its consumers running; whoever calls hands it requests. Leaves nothing behind when it rejects. */
export async function startServiceApp(composition: ServiceComposition, { service, serviceSecret, log, eventLog }: ServiceAppContext): Promise<StartedServiceApp> {
  const { module, topics = [], jsonLimitBytes } = composition;
  const { app, handle } = await createServiceApp(module, { service, serviceSecret, log, jsonLimitBytes });
  const stopObserving = eventLog ? observeLag(eventLog, topics) : undefined;
  const close = async (): Promise<void> => {
    stopObserving?.();
    await app.close();
    await composition.close?.();
  };
  try {
    if (topics.length > 0) {
      if (!eventLog) throw new Error(`The service ${service} consumes topics, but has no event log.`);
      const onError = (err: Error, where: object): void => log.error({ err, ...where }, 'a batch could not be handled; it is handed over again');
      app.connectMicroservice({ strategy: new EventLogServer({ eventLog, topics, onError }) });
      await app.startAllMicroservices();
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { handle, endStreams: () => composition.endStreams?.(app), close };
}
