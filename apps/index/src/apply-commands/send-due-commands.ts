import { commandHeaders, commandKey, encodeCommand, type Command } from '@isocenter/commands';
import { EVENT_LOG_PORT, TOPICS, type EventLog } from '@isocenter/event-log';
import { METADATA_STORE, type MetadataStore } from '@isocenter/metadata-store';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { INDEXING_OPTIONS, type IndexingOptions } from '../indexing-options.js';

const LOOK_AGAIN_MS = 1_000;
const AT_ONCE = 100;
/** Decisions outlive their command's deadline by a day (DESIGN §3.4). */
const DECISIONS_KEPT_MS = 26 * 3_600_000;
const FORGET_EVERY_MS = 600_000;

/** Sends the commands that committed transactions left behind, until the log has them; forgets old decisions. */
@Injectable()
export class DueCommands implements OnApplicationBootstrap, OnApplicationShutdown {
  private timers: NodeJS.Timeout[] = [];
  private sending: Promise<void> | undefined;
  private again = false;

  constructor(
    @Inject(EVENT_LOG_PORT) private readonly eventLog: EventLog,
    @Inject(METADATA_STORE) private readonly store: MetadataStore,
    @Inject(INDEXING_OPTIONS) private readonly options: IndexingOptions,
  ) {}

  onApplicationBootstrap(): void {
    this.timers = [setInterval(() => this.sendSoon(), LOOK_AGAIN_MS), setInterval(() => void this.forget(), FORGET_EVERY_MS)];
    for (const timer of this.timers) timer.unref();
  }

  async onApplicationShutdown(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await this.sending;
  }

  sendSoon(): void {
    this.again = true;
    this.sending ??= this.sendAll().finally(() => (this.sending = undefined));
  }

  private async sendAll(): Promise<void> {
    while (this.again) {
      this.again = false;
      try {
        await this.sendSome();
      } catch (err) {
        this.options.log.warn({ err }, 'due commands could not be sent; they are sent with the next look');
        return;
      }
    }
  }

  private async sendSome(): Promise<void> {
    const due = await this.store.listDue('send-command', Date.now(), AT_ONCE);
    for (const { id, payload } of due) {
      const command = JSON.parse(payload) as Command;
      await this.eventLog.append(TOPICS.instanceCommands, [{ key: commandKey(command), headers: commandHeaders(command), value: encodeCommand(command) }]);
      await this.store.commit({ writes: [{ op: 'remove', table: 'due', key: { id } }] });
    }
    if (due.length === AT_ONCE) this.again = true;
  }

  private async forget(): Promise<void> {
    try {
      const before = Date.now() - DECISIONS_KEPT_MS;
      while ((await this.store.forgetDecisions(before)) > 0);
    } catch (err) {
      this.options.log.warn({ err }, 'old decisions could not be removed; tried again later');
    }
  }
}
