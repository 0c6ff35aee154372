import { CurrentContext, jsonBodyOf, sendStarted, type RequestContext } from '@isocenter/http';
import { Controller, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { StartExport } from './start-export.js';

@Controller('export')
export class ExportController {
  constructor(private readonly startExport: StartExport) {}

  @Post()
  async start(@CurrentContext() context: RequestContext, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const started = await this.startExport.run(context, jsonBodyOf(request));
    await sendStarted(reply, started);
  }
}
