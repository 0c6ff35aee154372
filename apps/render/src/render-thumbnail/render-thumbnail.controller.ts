import { CurrentContext, type RequestContext } from '@isocenter/http';
import type { ResourcePath } from '@isocenter/stored-instances';
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RenderThumbnail } from './render-thumbnail.js';

@Controller('studies/:study')
export class RenderThumbnailController {
  constructor(private readonly renderThumbnail: RenderThumbnail) {}

  @Get(['thumbnail', 'series/:series/thumbnail', 'series/:series/instances/:sop/thumbnail'])
  thumbnail(@CurrentContext() context: RequestContext, @Param() path: ResourcePath, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.renderThumbnail.run(context, path, request, reply);
  }
}
