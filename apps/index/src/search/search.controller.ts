import { chooseDicomJson, CurrentContext, parseAccept, queryOf, sendDicomJson, type RequestContext } from '@isocenter/http';
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Search, type SearchScope } from './search.js';

@Controller()
export class SearchController {
  constructor(private readonly search: Search) {}

  @Get('studies')
  studies(@CurrentContext() context: RequestContext, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.answer(context, { level: 'study' }, request, reply);
  }

  @Get('series')
  allSeries(@CurrentContext() context: RequestContext, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.answer(context, { level: 'series' }, request, reply);
  }

  @Get('instances')
  allInstances(@CurrentContext() context: RequestContext, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.answer(context, { level: 'instance' }, request, reply);
  }

  @Get('studies/:study/series')
  seriesOfStudy(@CurrentContext() context: RequestContext, @Param('study') study: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.answer(context, { level: 'series', study }, request, reply);
  }

  @Get('studies/:study/instances')
  instancesOfStudy(@CurrentContext() context: RequestContext, @Param('study') study: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.answer(context, { level: 'instance', study }, request, reply);
  }

  @Get('studies/:study/series/:series/instances')
  instancesOfSeries(@CurrentContext() context: RequestContext, @Param('study') study: string, @Param('series') series: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.answer(context, { level: 'instance', study, series }, request, reply);
  }

  private async answer(context: RequestContext, scope: SearchScope, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    chooseDicomJson(parseAccept(request.headers.accept));
    const { status, body, warning, erroneous } = await this.search.run(context, scope, queryOf(request.raw.url));
    reply.status(status);
    if (warning !== undefined) reply.header('warning', warning);
    if (erroneous !== undefined) reply.header('erroneous-dicom-attributes', erroneous);
    await sendDicomJson(reply, body);
  }
}
