import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type RequestContext } from '../context.js';

/** A controller's parameter that takes the gateway's context: `store(@CurrentContext() context: RequestContext)`. */
export const CurrentContext: () => ParameterDecorator = createParamDecorator(
  (_data: unknown, execution: ExecutionContext): RequestContext => execution.switchToHttp().getRequest<FastifyRequest>().isocenter,
);
