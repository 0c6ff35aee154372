import { CurrentContext, jsonBodyOf, queryOf, sendChangingJson, type RequestContext } from '@isocenter/http';
import { operationHref } from '@isocenter/operations';
import { Controller, Delete, Get, HttpCode, Param, Patch, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ManageQueryTags } from './manage-query-tags.js';
import { parsePage } from './parse-page.js';
import { showQueryTag, showTagError } from './show-query-tag.js';

@Controller('extendedquerytags')
export class QueryTagsController {
  constructor(private readonly tags: ManageQueryTags) {}

  @Post()
  async add(@CurrentContext() context: RequestContext, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const id = await this.tags.add(jsonBodyOf(request), context.principal.name);
    const href = operationHref(context, id);
    await sendChangingJson(reply.code(202).header('location', href), { id, href });
  }

  @Get()
  async list(@CurrentContext() context: RequestContext, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { offset, limit } = parsePage(queryOf(request.raw.url));
    await sendChangingJson(reply, (await this.tags.list(offset, limit)).map((tag) => showQueryTag(tag, context)));
  }

  @Get(':tag')
  async get(@CurrentContext() context: RequestContext, @Param('tag') tag: string, @Res() reply: FastifyReply): Promise<void> {
    await sendChangingJson(reply, showQueryTag(await this.tags.get(tag), context));
  }

  @Patch(':tag')
  async setQueryStatus(@CurrentContext() context: RequestContext, @Param('tag') tag: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await sendChangingJson(reply, showQueryTag(await this.tags.setQueryStatus(tag, () => jsonBodyOf(request)), context));
  }

  @Delete(':tag')
  @HttpCode(204)
  async remove(@CurrentContext() { principal }: RequestContext, @Param('tag') tag: string): Promise<void> {
    await this.tags.remove(tag, principal.name);
  }

  @Get(':tag/errors')
  async listErrors(@Param('tag') tag: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { offset, limit } = parsePage(queryOf(request.raw.url));
    const { rows, partitions } = await this.tags.listErrors(tag, offset, limit);
    await sendChangingJson(reply, rows.map((row) => showTagError(row, partitions)));
  }
}
