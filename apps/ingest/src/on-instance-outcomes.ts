import { CommandSender } from '@isocenter/commands';
import { OnTopic, TOPICS, type LogBatch } from '@isocenter/event-log';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';

/** Hints that commands of this replica were decided. */
@Controller()
export class OnInstanceOutcomes {
  constructor(private readonly commands: CommandSender) {}

  @OnTopic(TOPICS.instanceOutcomes)
  async onBatch(@Payload() batch: LogBatch): Promise<void> {
    await this.commands.onOutcomes(batch);
  }
}
