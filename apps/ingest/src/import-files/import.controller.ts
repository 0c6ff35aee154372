import { CurrentContext, type RequestContext } from '@isocenter/http';
import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { readJson } from '../read-json.js';
import { StartImport } from './start-import.js';

@Controller('import')
export class ImportController {
  constructor(private readonly startImport: StartImport) {}

  @Post()
  async start(@CurrentContext() context: RequestContext, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const started = await this.startImport.run(context, await readJson(request));
    await reply.status(202).header('location', started.href).header('content-type', 'application/json').send(JSON.stringify(started));
  }

  @Get(':operation')
  async report(@Param('operation') operation: string, @Res() reply: FastifyReply): Promise<void> {
    const lines = await this.startImport.report(operation);
    reply.header('content-type', 'application/x-ndjson').header('cache-control', 'no-store');
    await reply.send(Readable.from(lines, { objectMode: false }));
  }
}
