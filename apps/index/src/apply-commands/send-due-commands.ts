import { BackgroundWork } from '@isocenter/background';
import { commandHeaders, commandKey, encodeCommand } from '@isocenter/commands';
import { EVENT_LOG_PORT, TOPICS, type EventLog } from '@isocenter/event-log';
import { METADATA_STORE, type MetadataStore } from '@isocenter/metadata-store';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { INDEXING_OPTIONS, type IndexingOptions } from '../indexing-options.js';
import type { SendCommandWork } from './due-work.js';

const LOOK_AGAIN_MS = 1_000;
const AT_ONCE = 100;
/** Decisions outlive their command's deadline by a day (DESIGN §3.4). */
const DECISIONS_KEPT_MS = 26 * 3_600_000;
const FORGET_EVERY_MS = 600_000;

/** Sends the commands that committed transactions left behind, until the log has them; forgets old decisions. */
@Injectable()
export class DueCommands implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly sending: BackgroundWork;
  private readonly forgetting: BackgroundWork;

  constructor(
    @Inject(EVENT_LOG_PORT) private readonly eventLog: EventLog,
    @Inject(METADATA_STORE) private readonly store: MetadataStore,
    @Inject(INDEXING_OPTIONS) { log }: IndexingOptions,
  ) {
    this.sending = new BackgroundWork({
      step: () => this.sendSome(),
      everyMs: LOOK_AGAIN_MS,
      onError: (err) => log.warn({ err }, 'due commands could not be sent; they are sent with the next look'),
    });
    this.forgetting = new BackgroundWork({
      step: async () => (await store.forgetDecisions(Date.now() - DECISIONS_KEPT_MS)) > 0,
      everyMs: FORGET_EVERY_MS,
      onError: (err) => log.warn({ err }, 'old decisions could not be removed; tried again later'),
    });
  }

  onApplicationBootstrap(): void {
    this.sending.start();
    this.forgetting.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.sending.stop(), this.forgetting.stop()]);
  }

  sendSoon(): void {
    this.sending.wake();
  }

  private async sendSome(): Promise<boolean> {
    const due = await this.store.listDue('send-command', Date.now(), AT_ONCE);
    for (const { id, payload } of due) {
      const { traceparent, ...command } = JSON.parse(payload) as SendCommandWork;
      const headers = { ...commandHeaders(command), ...(traceparent !== undefined && { traceparent }) };
      await this.eventLog.append(TOPICS.instanceCommands, [{ key: commandKey(command), headers, value: encodeCommand(command) }]);
      await this.store.commit({ writes: [{ op: 'remove', table: 'due', key: { id } }] });
    }
    return due.length === AT_ONCE;
  }
}
