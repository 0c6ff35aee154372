import { CurrentContext, queryOf, sendStarted, type RequestContext } from '@isocenter/http';
import { Controller, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { StartRebuild } from './start-rebuild.js';

@Controller('rebuild-index')
export class RebuildController {
  constructor(private readonly startRebuild: StartRebuild) {}

  @Post()
  async start(@CurrentContext() context: RequestContext, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const started = await this.startRebuild.run(context, queryOf(request.raw.url));
    await sendStarted(reply, started);
  }
}
