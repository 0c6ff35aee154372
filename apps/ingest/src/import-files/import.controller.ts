import { CurrentContext, type RequestContext } from '@isocenter/http';
import { Controller, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
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
}
