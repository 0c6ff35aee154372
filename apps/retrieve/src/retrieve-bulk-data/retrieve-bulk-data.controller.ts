import { CurrentContext, type RequestContext } from '@isocenter/http';
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { RetrieveBulkData, type BulkDataPath } from './retrieve-bulk-data.js';

@Controller('studies/:study/series/:series/instances/:sop/bulkdata')
export class RetrieveBulkDataController {
  constructor(private readonly retrieveBulkData: RetrieveBulkData) {}

  @Get('*')
  bulkData(@CurrentContext() context: RequestContext, @Param() path: BulkDataPath, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.retrieveBulkData.run(context, path, request, reply);
  }
}
