import { countHttpRequest, type Logger } from '@isocenter/telemetry';
import { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { pathOf } from '../request-target.js';

/** What nginx calls a request whose client left before the answer ended. */
const clientClosedRequest = 499;

/**
 * One log line and one count per request. `close` of the raw response is the only event that comes both after a whole
 * answer and after a broken connection.
 */
export function recordRequests(fastify: FastifyInstance, service: string, log: Logger): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const started = performance.now();
    // Held here: a request whose stream was destroyed has no socket any more.
    const { socket } = request.raw;
    const bytesBefore = socket.bytesWritten;
    reply.raw.once('close', () => recordRequest(service, log, request, reply, performance.now() - started, socket.bytesWritten - bytesBefore));
    done();
  });
}

function recordRequest(service: string, log: Logger, request: FastifyRequest, reply: FastifyReply, milliseconds: number, bytes: number): void {
  const route = request.routeOptions.url;
  const status = reply.raw.writableFinished ? reply.raw.statusCode : clientClosedRequest;
  countHttpRequest(service, request.method, route ?? 'none', status, milliseconds / 1000);
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
