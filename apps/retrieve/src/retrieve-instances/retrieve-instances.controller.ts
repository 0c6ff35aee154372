import { CurrentContext, type InstancesOf, type RequestContext } from '@isocenter/http';
import type { ResourcePath } from '@isocenter/stored-instances';
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RetrieveInstances } from './retrieve-instances.js';

@Controller('studies/:study')
export class RetrieveInstancesController {
  constructor(private readonly retrieveInstances: RetrieveInstances) {}

  @Get()
  study(@CurrentContext() context: RequestContext, @Param() path: ResourcePath, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.answer('study', context, path, request, reply);
  }

  @Get('series/:series')
  series(@CurrentContext() context: RequestContext, @Param() path: ResourcePath, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.answer('series', context, path, request, reply);
  }

  @Get('series/:series/instances/:sop')
  instance(@CurrentContext() context: RequestContext, @Param() path: ResourcePath, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.answer('instance', context, path, request, reply);
  }

  private answer(of: InstancesOf, context: RequestContext, path: ResourcePath, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    return this.retrieveInstances.run(of, context, path, request, reply);
  }
}
