import { EventLogUnavailableError, TOPICS, type EventLog, type LogBatch, type LogRecord } from '@isocenter/event-log';
import type { MetadataStore } from '@isocenter/metadata-store';
import { inSpan } from '@isocenter/telemetry';
import { decodeDecision, decodeOutcomes, type Decision } from './decision.js';
import { insertDecision } from './insert-decision.js';
import { encodeCommand, type Command, type StoreInstanceBody } from './messages.js';
import { uuidv7 } from './uuidv7.js';

/** How often the decision is read when no hint comes. */
const POLL_MS = 250;
/** How long the void at the deadline is tried while the store is away; its fate decides the answer, so it is not given up lightly. */
const VOID_RETRY_MS = 50;

interface Waiting {
  readonly deadline: number;
  voiding: boolean;
  readonly decided: Promise<Decision>;
  readonly settle: (decision: Decision) => void;
}

/**
 * Sends client commands and waits for their decisions. A command's fate is certain when `ask` resolves: decided by
 * `index`, or void for ever.
 */
export class CommandSender {
  /** Names this process in commands; outcomes come back under it. */
  readonly replica = uuidv7();
  private readonly waiting = new Map<string, Waiting>();
  private readonly timer: NodeJS.Timeout;
  private closed = false;

  constructor(private readonly eventLog: EventLog, private readonly store: MetadataStore) {
    this.timer = setInterval(() => void this.check([...this.waiting.keys()]), POLL_MS);
    this.timer.unref();
  }

  /** `command.deadline` and `command.asker` are set here from `withinMs`; a derived command has none: Infinity. Rejects when the log or the store is away and nothing was or will be done. */
  ask(command: Omit<Command, 'deadline' | 'asker'>, body: StoreInstanceBody | undefined, withinMs: number): Promise<Decision> {
    return inSpan(`command ${command.type}`, undefined, async (span) => {
      const decision = await this.send(command, body, withinMs);
      span?.setAttribute('isocenter.decision', decision.kind);
      return decision;
    });
  }

  /** Derived commands, in this order in the log. Resolves with what becomes of each; what was decided under its id before is not done again. Rejects while the log is away: they may be carried out all the same. */
  async askAll(commands: readonly { readonly command: Command; readonly body: StoreInstanceBody | undefined }[]): Promise<Decision[]> {
    const records = commands.map(({ command, body }) => {
      const asked = { ...command, asker: this.replica };
      return { key: commandKey(asked), headers: commandHeaders(asked), value: encodeCommand(asked, body) };
    });
    for (const some of inAppends(records)) await this.eventLog.append(TOPICS.instanceCommands, some);
    const ids = commands.map(({ command }) => command.id);
    const decided = ids.map((id) => this.wait(id, Infinity));
    await this.check(ids);
    return Promise.all(decided);
  }

  /** Waits for a decision that will come, however long that takes. */
  async waitFor(commandId: string): Promise<Decision> {
    const decided = this.wait(commandId, Infinity);
    await this.check([commandId]);
    return decided;
  }

  /** Handler of the outcomes topic. What it tells is committed; what it does not tell is read every 250 ms. */
  async onOutcomes(batch: LogBatch): Promise<void> {
    for (const { key, value } of batch.records) {
      if (key !== this.replica) continue;
      for (const { id, decision } of decodeOutcomes(value)) this.settle(id, decision);
    }
  }

  close(): void {
    this.closed = true;
    clearInterval(this.timer);
  }

  private async send(command: Omit<Command, 'deadline' | 'asker'>, body: StoreInstanceBody | undefined, withinMs: number): Promise<Decision> {
    const deadline = Date.now() + withinMs;
    const asked = { ...command, ...(withinMs !== Infinity && { deadline }), asker: this.replica } as Command;
    const decided = this.wait(asked.id, deadline);
    try {
      await this.eventLog.append(TOPICS.instanceCommands, [{ key: commandKey(asked), headers: commandHeaders(asked), value: encodeCommand(asked, body) }]);
    } catch (error) {
      // It may be in the log all the same: made void before the caller says 503.
      await this.makeVoid(asked.id);
      const decision = await decided;
      if (decision.kind === 'void') throw error instanceof EventLogUnavailableError ? error : new EventLogUnavailableError(error);
      return decision;
    }
    return decided;
  }

  private wait(id: string, deadline: number): Promise<Decision> {
    let waiting = this.waiting.get(id);
    if (!waiting) {
      const { promise: decided, resolve: settle } = Promise.withResolvers<Decision>();
      this.waiting.set(id, (waiting = { deadline, voiding: false, decided, settle }));
    }
    return waiting.decided;
  }

  /** Reads decisions; what is past its deadline and undecided becomes void. */
  private async check(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    try {
      for (const { commandId, decision } of await this.store.findDecisions(ids)) this.settle(commandId, decodeDecision(decision));
    } catch {
      // The store is away: the next poll reads again; past the deadline makeVoid waits for it.
    }
    const now = Date.now();
    await Promise.all(ids.filter((id) => (this.waiting.get(id)?.deadline ?? Infinity) <= now).map((id) => this.makeVoid(id)));
  }

  private async makeVoid(id: string): Promise<void> {
    const waiting = this.waiting.get(id);
    if (!waiting || waiting.voiding) return;
    waiting.voiding = true;
    while (this.waiting.has(id) && !this.closed) {
      try {
        const outcome = await this.store.commit({ writes: [insertDecision(id, { kind: 'void' })] });
        if (outcome.committed) return this.settle(id, { kind: 'void' });
        const [row] = await this.store.findDecisions([id]);
        if (row) return this.settle(id, decodeDecision(row.decision));
      } catch {
        // Until the store answers nobody knows the fate, so nobody is told one.
        await new Promise((resolve) => setTimeout(resolve, VOID_RETRY_MS));
      }
    }
  }

  private settle(id: string, decision: Decision): void {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    waiting?.settle(decision);
  }
}

/** One append holds so many bytes: all may go to one partition, whose batch brokers limit to 1 MiB. */
const APPEND_BYTES = 384 * 1024;

function inAppends(records: readonly LogRecord[]): LogRecord[][] {
  const appends: LogRecord[][] = [];
  let bytes = Infinity;
  for (const record of records) {
    bytes += record.value.length;
    if (bytes > APPEND_BYTES) {
      appends.push([]);
      bytes = record.value.length;
    }
    appends.at(-1)!.push(record);
  }
  return appends;
}

/** All commands of a study share a key, and so a log partition and its one writer (I3). */
export function commandKey({ partition, study }: { partition: string; study: string }): string {
  return `${partition}/${study}`;
}

/** CloudEvents 1.0, Kafka binding, binary mode. */
export function commandHeaders({ id, type }: Command): Record<string, string> {
  return { ce_specversion: '1.0', ce_id: id, ce_type: `isocenter.${type}.v1`, ce_source: '/isocenter', 'content-type': 'application/octet-stream' };
}
