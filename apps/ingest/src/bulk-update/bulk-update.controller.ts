import { CurrentContext, sendDicomJson, sendStarted, type RequestContext } from '@isocenter/http';
import { Controller, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerRefusedChanges } from './answer-refused-changes.js';
import { readJson } from '../read-json.js';
import { StartBulkUpdate } from './start-bulk-update.js';

@Controller('studies')
export class BulkUpdateController {
  constructor(private readonly startBulkUpdate: StartBulkUpdate) {}

  @Post('$bulkUpdate')
  async start(@CurrentContext() context: RequestContext, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const started = await this.startBulkUpdate.run(context, await readJson(request));
    if ('problems' in started) return sendDicomJson(reply.status(400), answerRefusedChanges(started));
    await sendStarted(reply, started);
  }
}
