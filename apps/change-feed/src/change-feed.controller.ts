import { CurrentContext, type RequestContext } from '@isocenter/http';
import { Controller, Get, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ReadChanges } from './read-changes/read-changes.js';
import { StreamChanges } from './stream-changes/stream-changes.js';
import { DownloadJournal } from './write-journal/download-journal.js';

@Controller('changefeed')
export class ChangeFeedController {
  constructor(private readonly readChanges: ReadChanges, private readonly streamChanges: StreamChanges, private readonly downloadJournal: DownloadJournal) {}

  @Get()
  async window(@CurrentContext() context: RequestContext, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const body = await this.readChanges.window(context, queryOf(request));
    await reply.header('content-type', 'application/json').send(body);
  }

  @Get('latest')
  async latest(@CurrentContext() context: RequestContext, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const body = await this.readChanges.latest(context, queryOf(request));
    if (body === undefined) await reply.code(204).send();
    else await reply.header('content-type', 'application/json').send(body);
  }

  @Get('stream')
  async stream(@CurrentContext() context: RequestContext, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.streamChanges.run(context, queryOf(request), request, reply);
  }

  @Get('journal')
  async journal(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.downloadJournal.run(queryOf(request), reply);
  }
}

function queryOf({ raw: { url = '' } }: FastifyRequest): string {
  return url.includes('?') ? url.slice(url.indexOf('?') + 1) : '';
}
