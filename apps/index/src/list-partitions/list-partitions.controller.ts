import { METADATA_STORE, type MetadataStore } from '@isocenter/metadata-store';
import { Controller, Get, Inject, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

@Controller('partitions')
export class ListPartitionsController {
  constructor(@Inject(METADATA_STORE) private readonly store: MetadataStore) {}

  @Get()
  async list(@Res() reply: FastifyReply): Promise<void> {
    const partitions = await this.store.listPartitions(0);
    await reply.header('content-type', 'application/json').send(JSON.stringify(partitions.map(({ key, name, createdAt }) => ({ partitionKey: key, partitionName: name, createdDate: createdAt }))));
  }
}
