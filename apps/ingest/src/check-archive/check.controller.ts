import { CurrentContext, queryOf, type RequestContext } from '@isocenter/http';
import { Controller, Get, Param, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { StartCheck } from './start-check.js';

@Controller('check')
export class CheckController {
  constructor(private readonly startCheck: StartCheck) {}

  @Post()
  async start(@CurrentContext() context: RequestContext, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const started = await this.startCheck.run(context, queryOf(request.raw.url));
    await reply.status(202).header('location', started.href).header('content-type', 'application/json').send(JSON.stringify(started));
  }

  @Get(':operation')
  async report(@Param('operation') operation: string, @Res() reply: FastifyReply): Promise<void> {
    const lines = await this.startCheck.report(operation);
    reply.header('content-type', 'application/x-ndjson').header('cache-control', 'no-store');
    await reply.send(Readable.from(lines, { objectMode: false }));
  }
}
