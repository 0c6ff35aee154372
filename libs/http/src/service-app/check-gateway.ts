import { randomUUID } from 'node:crypto';
import { type FastifyInstance } from 'fastify';
import { readContext, type RequestContext } from '../context.js';
import { pathOf } from '../request-target.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks for what, as the gateway found out. Absent on health pages only. */
    isocenter: RequestContext;
  }
}

/** Answered without the gateway, so that an orchestrator can ask the service itself. */
const openPaths: ReadonlySet<string> = new Set(['/health/live', '/health/ready', '/health/check']);

/** Lets pass only what the gateway sent; the request takes the gateway's id, so that one id leads through all logs. */
export function checkGateway(fastify: FastifyInstance, secret: string): void {
  fastify.decorateRequest('isocenter');
  fastify.addHook('onRequest', (request, _reply, done) => {
    request.id = randomUUID();
    if (openPaths.has(pathOf(request.raw.url))) {
      done();
      return;
    }
    try {
      request.isocenter = readContext(request.raw.headers, secret);
      request.id = request.isocenter.requestId;
      done();
    } catch (error) {
      // readContext throws Errors only
      done(error as Error);
    }
  });
}
