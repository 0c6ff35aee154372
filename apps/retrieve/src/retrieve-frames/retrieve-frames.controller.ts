import { CurrentContext, type RequestContext } from '@isocenter/http';
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RetrieveFrames, type FramesPath } from './retrieve-frames.js';

@Controller('studies/:study/series/:series/instances/:sop/frames')
export class RetrieveFramesController {
  constructor(private readonly retrieveFrames: RetrieveFrames) {}

  @Get(':frames')
  frames(@CurrentContext() context: RequestContext, @Param() path: FramesPath, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.retrieveFrames.run(context, path, request, reply);
  }
}
