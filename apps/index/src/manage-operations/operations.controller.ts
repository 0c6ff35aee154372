import { CurrentContext, sendChangingJson, type RequestContext } from '@isocenter/http';
import { Controller, Delete, Get, HttpCode, Param, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { ManageOperations } from './manage-operations.js';
import { showOperation } from './show-operation.js';

@Controller('operations/:operation')
export class OperationsController {
  constructor(private readonly operations: ManageOperations) {}

  @Get()
  async get(@CurrentContext() context: RequestContext, @Param('operation') id: string, @Res() reply: FastifyReply): Promise<void> {
    const { ended, shown } = showOperation(await this.operations.find(id), context);
    await sendChangingJson(reply.code(ended ? 200 : 202), shown);
  }

  @Delete()
  @HttpCode(204)
  async cancel(@Param('operation') id: string): Promise<void> {
    await this.operations.cancel(id);
  }
}
