import { CurrentContext, queryOf, type RequestContext } from '@isocenter/http';
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
    const body = await this.readChanges.window(context, queryOf(request.raw.url));
    await reply.header('content-type', 'application/json').send(body);
  }

  @Get('latest')
  async latest(@CurrentContext() context: RequestContext, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const body = await this.readChanges.latest(context, queryOf(request.raw.url));
    if (body === undefined) await reply.code(204).send();
    else await reply.header('content-type', 'application/json').send(body);
  }

  @Get('stream')
  async stream(@CurrentContext() context: RequestContext, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.streamChanges.run(context, queryOf(request.raw.url), request, reply);
  }

  @Get('journal')
  async journal(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.downloadJournal.run(queryOf(request.raw.url), reply);
  }
}
