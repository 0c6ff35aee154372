import { CurrentContext, queryOf, sendStarted, type RequestContext } from '@isocenter/http';
import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendReport } from '../operation-report.js';
import { StartCheck } from './start-check.js';

@Controller('check')
export class CheckController {
  constructor(private readonly startCheck: StartCheck) {}

  @Post()
  async start(@CurrentContext() context: RequestContext, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const started = await this.startCheck.run(context, queryOf(request.raw.url));
    await sendStarted(reply, started);
  }

  @Get(':operation')
  async report(@Param('operation') operation: string, @Res() reply: FastifyReply): Promise<void> {
    await sendReport(reply, await this.startCheck.report(operation));
  }
}
