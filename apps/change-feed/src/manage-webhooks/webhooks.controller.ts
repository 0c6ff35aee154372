import { CurrentContext, jsonBodyOf, sendChangingJson, type RequestContext } from '@isocenter/http';
import { Controller, Delete, Get, Param, Patch, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ManageWebhooks } from './manage-webhooks.js';

@Controller('webhooks')
export class WebhooksController {
  constructor(private readonly webhooks: ManageWebhooks) {}

  @Post()
  async create(@CurrentContext() { baseUrl, principal }: RequestContext, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { id, shown } = await this.webhooks.create(jsonBodyOf(request), principal.name);
    await sendChangingJson(reply.code(201).header('location', `${baseUrl}/webhooks/${id}`), shown);
  }

  @Get()
  async list(@Res() reply: FastifyReply): Promise<void> {
    await sendChangingJson(reply, await this.webhooks.list());
  }

  @Get(':webhook')
  async get(@Param('webhook') id: string, @Res() reply: FastifyReply): Promise<void> {
    await sendChangingJson(reply, await this.webhooks.get(id));
  }

  @Patch(':webhook')
  async update(@Param('webhook') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await sendChangingJson(reply, await this.webhooks.update(id, jsonBodyOf(request)));
  }

  @Delete(':webhook')
  async remove(@Param('webhook') id: string, @Res() reply: FastifyReply): Promise<void> {
    await this.webhooks.remove(id);
    await reply.code(204).send();
  }
}
