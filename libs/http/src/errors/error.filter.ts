import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { type Logger } from '@isocenter/telemetry';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { type RequestContext } from '../context.js';
import { answerError } from './answer-error.js';
import { wrapUnavailable } from './wrap-unavailable.js';

/** The one place of a service that turns what was thrown into HTTP. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(private readonly log: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const clientLeft = reply.raw.destroyed;
    // A request that did not come from the gateway has no context.
    const context = request.isocenter as RequestContext | undefined;
    const { status } = answerError(reply, wrapUnavailable(error, context?.dialect) ?? error, request.id);
    // What fails after the client left is most often just that: reading its body.
    if (clientLeft) this.log.info({ requestId: request.id, err: error }, 'client left');
    else if (status === 500) this.log.error({ requestId: request.id, err: error }, 'unknown error');
    else if (status > 500) this.log.warn({ requestId: request.id, err: error }, 'request refused');
  }
}
