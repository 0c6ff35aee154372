import { OnTopic, TOPICS, type ConsumedTopic, type LogBatch } from '@isocenter/event-log';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { CommandSender } from './command-sender.js';

/** Bytes of outcome hints that one batch holds at most. */
const BATCH_BYTES = 1024 * 1024;

/** What a service that sends commands consumes: each process of it all of the topic, from the newest on. */
export function outcomesTopic(service: string): ConsumedTopic {
  return { topic: TOPICS.instanceOutcomes, group: service, from: 'latest', maxBatchBytes: BATCH_BYTES };
}

/** Hints that commands of this process were decided. */
@Controller()
export class OnInstanceOutcomes {
  constructor(private readonly commands: CommandSender) {}

  @OnTopic(TOPICS.instanceOutcomes)
  async onBatch(@Payload() batch: LogBatch): Promise<void> {
    await this.commands.onOutcomes(batch);
  }
}
