import { EVENT_LOG_PORT, OnTopic, TOPICS, type EventLog, type LogBatch } from '@isocenter/event-log';
import { METADATA_STORE, type MetadataStore } from '@isocenter/metadata-store';
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { INDEXING_OPTIONS, type IndexingOptions } from '../indexing-options.js';
import { announceDeadLetters, announceOutcomes } from './announce-outcomes.js';
import { applyBatch } from './apply-batch.js';
import { DueCommands } from './send-due-commands.js';

/** The one writer of metadata: every change of a study passes here, in the order of its log partition (I3). */
@Controller()
export class OnInstanceCommands {
  constructor(
    @Inject(EVENT_LOG_PORT) private readonly eventLog: EventLog,
    @Inject(METADATA_STORE) private readonly store: MetadataStore,
    @Inject(INDEXING_OPTIONS) private readonly options: IndexingOptions,
    private readonly dueCommands: DueCommands,
  ) {}

  @OnTopic(TOPICS.instanceCommands)
  async onBatch(@Payload() batch: LogBatch): Promise<void> {
    const { decided, deadLetters, followUps } = await applyBatch(batch, { store: this.store, graceMs: this.options.graceMs });
    await announceOutcomes(this.eventLog, decided);
    if (deadLetters.length > 0) await announceDeadLetters(this.eventLog, batch, deadLetters, this.options.log);
    if (followUps) this.dueCommands.sendSoon();
  }
}
