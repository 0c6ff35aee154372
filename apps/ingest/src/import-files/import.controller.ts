import { CurrentContext, sendStarted, type RequestContext } from '@isocenter/http';
import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendReport } from '../operation-report.js';
import { readJson } from '../read-json.js';
import { StartImport } from './start-import.js';

@Controller('import')
export class ImportController {
  constructor(private readonly startImport: StartImport) {}

  @Post()
  async start(@CurrentContext() context: RequestContext, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const started = await this.startImport.run(context, await readJson(request));
    await sendStarted(reply, started);
  }

  @Get(':operation')
  async report(@Param('operation') operation: string, @Res() reply: FastifyReply): Promise<void> {
    await sendReport(reply, await this.startImport.report(operation));
  }
}
