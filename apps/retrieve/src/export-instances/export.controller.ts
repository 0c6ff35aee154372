import { CurrentContext, UnsupportedMediaType, type RequestContext } from '@isocenter/http';
import { Controller, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { StartExport } from './start-export.js';

@Controller('export')
export class ExportController {
  constructor(private readonly startExport: StartExport) {}

  @Post()
  async start(@CurrentContext() context: RequestContext, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const started = await this.startExport.run(context, jsonOf(request));
    await reply.status(202).header('location', started.href).header('content-type', 'application/json').send(JSON.stringify(started));
  }
}

function jsonOf({ body }: FastifyRequest): unknown {
  if (body instanceof Readable || body === undefined) throw new UnsupportedMediaType('The body is not JSON; allowed is Content-Type: application/json.');
  return body;
}
