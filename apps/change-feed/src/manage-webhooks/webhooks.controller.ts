import { CurrentContext, UnsupportedMediaType, type RequestContext } from '@isocenter/http';
import { Controller, Delete, Get, Param, Patch, Post, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { ManageWebhooks } from './manage-webhooks.js';

@Controller('webhooks')
export class WebhooksController {
  constructor(private readonly webhooks: ManageWebhooks) {}

  @Post()
  async create(@CurrentContext() { baseUrl, principal }: RequestContext, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { id, shown } = await this.webhooks.create(jsonOf(request), principal.name);
    await answer(reply.code(201).header('location', `${baseUrl}/webhooks/${id}`), shown);
  }

  @Get()
  async list(@Res() reply: FastifyReply): Promise<void> {
    await answer(reply, await this.webhooks.list());
  }

  @Get(':webhook')
  async get(@Param('webhook') id: string, @Res() reply: FastifyReply): Promise<void> {
    await answer(reply, await this.webhooks.get(id));
  }

  @Patch(':webhook')
  async update(@Param('webhook') id: string, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await answer(reply, await this.webhooks.update(id, jsonOf(request)));
  }

  @Delete(':webhook')
  async remove(@Param('webhook') id: string, @Res() reply: FastifyReply): Promise<void> {
    await this.webhooks.remove(id);
    await reply.code(204).send();
  }
}

function jsonOf({ body }: FastifyRequest): unknown {
  if (body instanceof Readable || body === undefined) throw new UnsupportedMediaType('The body is not JSON; allowed is Content-Type: application/json.');
  return body;
}

/** It may hold a secret that was made, and it changes all the time. */
async function answer(reply: FastifyReply, shown: object): Promise<void> {
  await reply.header('content-type', 'application/json').header('cache-control', 'no-store').send(JSON.stringify(shown));
}
