import { CurrentContext, type RequestContext } from '@isocenter/http';
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RenderThumbnail, type ThumbnailPath } from './render-thumbnail.js';

@Controller('studies/:study')
export class RenderThumbnailController {
  constructor(private readonly renderThumbnail: RenderThumbnail) {}

  @Get(['thumbnail', 'series/:series/thumbnail', 'series/:series/instances/:sop/thumbnail', 'series/:series/instances/:sop/frames/:frame/thumbnail'])
  thumbnail(@CurrentContext() context: RequestContext, @Param() path: ThumbnailPath, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.renderThumbnail.run(context, path, request, reply);
  }
}
