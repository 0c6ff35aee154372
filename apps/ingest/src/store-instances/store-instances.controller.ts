import { chooseDicomJson, CurrentContext, parseAccept, sendDicomJson, type RequestContext } from '@isocenter/http';
import { Controller, Param, Post, Put, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { StoreInstances } from './store-instances.js';

@Controller('studies')
export class StoreInstancesController {
  constructor(private readonly storeInstances: StoreInstances) {}

  @Post()
  create(@CurrentContext() context: RequestContext, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.answer(context, undefined, 'create', request, reply);
  }

  @Post(':study')
  createInStudy(@CurrentContext() context: RequestContext, @Param('study') study: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.answer(context, study, 'create', request, reply);
  }

  @Put()
  replace(@CurrentContext() context: RequestContext, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.answer(context, undefined, 'replace', request, reply);
  }

  @Put(':study')
  replaceInStudy(@CurrentContext() context: RequestContext, @Param('study') study: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.answer(context, study, 'replace', request, reply);
  }

  private async answer(context: RequestContext, study: string | undefined, mode: 'create' | 'replace', request: FastifyRequest, reply: FastifyReply): Promise<void> {
    chooseDicomJson(parseAccept(request.headers.accept));
    const { status, body } = await this.storeInstances.run(context, study, mode, request);
    await sendDicomJson(reply.status(status), body);
  }
}
