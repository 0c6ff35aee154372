import { type EndedRequest, type Logger, ObservedRequest } from '@isocenter/telemetry';
import { type FastifyInstance, type FastifyRequest } from 'fastify';
import { pathOf } from '../request-target.js';

/** One log line, one count and one span per request. */
export function recordRequests(fastify: FastifyInstance, service: string, log: Logger): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const observed = new ObservedRequest(service, request.method, request.raw.headers);
    observed.route = request.routeOptions.url ?? 'none';
    // Held here: a request whose stream was destroyed has no socket any more.
    const { socket } = request.raw;
    const bytesBefore = socket.bytesWritten;
    observed.onceEnded(reply.raw, (ended) => logRequest(log, request, ended, socket.bytesWritten - bytesBefore));
    observed.run(done);
  });
}

function logRequest(log: Logger, request: FastifyRequest, { status, milliseconds }: EndedRequest, bytes: number): void {
  const route = request.routeOptions.url;
  log.info(
    {
      requestId: request.id,
      method: request.method,
      route: route ?? 'none',
      // Another path than one of the table, and every query string, may hold anything.
      ...(route !== undefined && { path: shownPath(route, pathOf(request.raw.url)) }),
      status,
      ms: Math.round(milliseconds * 10) / 10,
      bytes,
    },
    'request',
  );
}

/** A client may put anything where a UID belongs, a patient's name too: what is no UID or frame list is shown as the route has it. */
function shownPath(route: string, path: string): string {
  const pattern = route.split('/');
  return path.split('/').map((segment, at) => {
    const expected = pattern[at] ?? '*';
    return segment === expected || (expected === ':frames' ? /^[\d,]{1,200}$/ : /^\d+(\.\d+)+$/).test(segment) ? segment : expected;
  }).join('/');
}
