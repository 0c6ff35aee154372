import { CurrentContext, type RequestContext } from '@isocenter/http';
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type FramePath, RenderFrame } from './render-frame.js';

@Controller('studies/:study/series/:series/instances/:sop')
export class RenderFrameController {
  constructor(private readonly renderFrame: RenderFrame) {}

  @Get('rendered')
  instance(@CurrentContext() context: RequestContext, @Param() path: FramePath, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.renderFrame.run(context, path, request, reply);
  }

  @Get('frames/:frame/rendered')
  frame(@CurrentContext() context: RequestContext, @Param() path: FramePath, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.renderFrame.run(context, path, request, reply);
  }
}
