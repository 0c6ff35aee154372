import { CurrentContext, type RequestContext } from '@isocenter/http';
import { Controller, Delete, HttpCode, Param } from '@nestjs/common';
import { DeleteInstances } from './delete-instances.js';

@Controller('studies/:study')
export class DeleteInstancesController {
  constructor(private readonly deleteInstances: DeleteInstances) {}

  @Delete()
  @HttpCode(204)
  async deleteStudy(@CurrentContext() context: RequestContext, @Param('study') study: string): Promise<void> {
    await this.deleteInstances.run(context, { study });
  }

  @Delete('series/:series')
  @HttpCode(204)
  async deleteSeries(@CurrentContext() context: RequestContext, @Param('study') study: string, @Param('series') series: string): Promise<void> {
    await this.deleteInstances.run(context, { study, series });
  }

  @Delete('series/:series/instances/:sop')
  @HttpCode(204)
  async deleteInstance(@CurrentContext() context: RequestContext, @Param('study') study: string, @Param('series') series: string, @Param('sop') sop: string): Promise<void> {
    await this.deleteInstances.run(context, { study, series, sop });
  }
}
