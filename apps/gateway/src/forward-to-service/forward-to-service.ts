import { answerRaw, BadGateway, ServiceUnavailable, type IsocenterError, type Service } from '@isocenter/http';
import type { Logger } from '@isocenter/telemetry';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ServiceBinding } from '../gateway.js';
import type { Replicas } from './replicas.js';
import { sendToReplica, type Try } from './send-to-replica.js';

/** Hands requests to a service in other processes. */
export function forwardToService(service: Service, replicas: Replicas, log: Logger): ServiceBinding {
  return (request, response) => {
    forward(request, response, service, replicas, log).catch((err: unknown) => {
      log.error({ err, service }, 'a request could not be forwarded');
      response.destroy();
    });
  };
}

async function forward(request: IncomingMessage, response: ServerResponse, service: Service, replicas: Replicas, log: Logger): Promise<void> {
  let busy = true;
  for (const replica of replicas.inTurn()) {
    if (response.destroyed) return;
    if (replica.full) continue;
    busy = false;
    let last: Try;
    // Each dead connection leaves the pool, so this ends at the latest with one that is new.
    do last = await sendToReplica(request, response, replica);
    while (last.kind === 'stale');
    if (last.kind === 'answered') return;
    log.warn({ err: last.error, service, outcome: last.kind }, 'a service did not answer');
    if (last.kind === 'unanswered') return answerRaw(request, response, unanswered(request, service, last.error));
    replica.avoid();
  }
  const text = busy ? `The service ${service} has as many requests as it may.` : `The service ${service} is not available at the moment.`;
  answerRaw(request, response, new ServiceUnavailable(`${text} Repeat the request later.`, busy ? 1 : 5));
}

/** 503 is said of what certainly did not happen; a write whose service died may have happened. */
function unanswered({ method }: IncomingMessage, service: Service, cause: Error): IsocenterError {
  if (method === 'GET' || method === 'HEAD') return new ServiceUnavailable(`The service ${service} ended before it answered. Repeat the request.`, 1, { cause });
  return new BadGateway(`The service ${service} ended before it answered; whether the request had an effect is not known. Ask before repeating it, or repeat it as it was.`, { cause });
}
