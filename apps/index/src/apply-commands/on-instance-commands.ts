import { EVENT_LOG_PORT, OnTopic, TOPICS, type EventLog, type LogBatch } from '@isocenter/event-log';
import { METADATA_STORE, type MetadataStore } from '@isocenter/metadata-store';
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { INDEXING_OPTIONS, type IndexingOptions } from '../indexing-options.js';
import { countDecided } from '../metrics.js';
import { announceDeadLetters, announceOutcomes } from './announce-outcomes.js';
import { applyBatch, type DeadLetter } from './apply-batch.js';
import { OwnedRows } from './owned-rows.js';
import { DueCommands } from './send-due-commands.js';

/** The one writer of metadata: every change of a study passes here, in the order of its log partition (I3). */
@Controller()
export class OnInstanceCommands {
  /** By log partition. */
  private readonly owned = new Map<number, OwnedRows>();

  constructor(
    @Inject(EVENT_LOG_PORT) private readonly eventLog: EventLog,
    @Inject(METADATA_STORE) private readonly store: MetadataStore,
    @Inject(INDEXING_OPTIONS) private readonly options: IndexingOptions,
    private readonly dueCommands: DueCommands,
  ) {}

  @OnTopic(TOPICS.instanceCommands)
  async onBatch(@Payload() batch: LogBatch): Promise<void> {
    const keepDeadLetters = (letters: readonly DeadLetter[]): Promise<void> => announceDeadLetters(this.eventLog, batch, letters, this.options.log);
    const { decided, followUps } = await applyBatch(batch, { store: this.store, owned: this.ownedOf(batch.partition), graceMs: this.options.graceMs, keepDeadLetters });
    countDecided(decided);
    await announceOutcomes(this.eventLog, decided);
    if (followUps) this.dueCommands.sendSoon();
  }

  private ownedOf(partition: number): OwnedRows {
    let owned = this.owned.get(partition);
    if (!owned) this.owned.set(partition, (owned = new OwnedRows()));
    return owned;
  }
}
