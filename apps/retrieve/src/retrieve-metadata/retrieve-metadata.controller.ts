import { CurrentContext, type RequestContext } from '@isocenter/http';
import type { ResourcePath } from '@isocenter/stored-instances';
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RetrieveMetadata } from './retrieve-metadata.js';

@Controller('studies/:study')
export class RetrieveMetadataController {
  constructor(private readonly retrieveMetadata: RetrieveMetadata) {}

  @Get(['metadata', 'series/:series/metadata', 'series/:series/instances/:sop/metadata'])
  metadata(@CurrentContext() context: RequestContext, @Param() path: ResourcePath, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.retrieveMetadata.run(context, path, request, reply);
  }
}
