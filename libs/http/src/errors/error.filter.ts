import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import { type Logger } from '@isocenter/telemetry';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { answerError } from './answer-error.js';

/** The one place of a service that turns what was thrown into HTTP. */
@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(private readonly log: Logger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const answered = answerError(http.getResponse<FastifyReply>(), error, request.id);
    if (answered.status === 500) this.log.error({ requestId: request.id, err: error }, 'unknown error');
    else if (answered.status > 500) this.log.warn({ requestId: request.id, err: error }, 'request refused');
  }
}
