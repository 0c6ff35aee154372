import { CommandSender } from '@isocenter/commands';
import { EVENT_LOG, TOPICS, type LogBatch } from '@isocenter/event-log';
import { Controller } from '@nestjs/common';
import { EventPattern, Payload } from '@nestjs/microservices';

/** Hints that commands of this replica were decided. */
@Controller()
export class OnInstanceOutcomes {
  constructor(private readonly commands: CommandSender) {}

  @EventPattern<string>(TOPICS.instanceOutcomes.name, EVENT_LOG)
  async onBatch(@Payload() batch: LogBatch): Promise<void> {
    await this.commands.onOutcomes(batch);
  }
}
