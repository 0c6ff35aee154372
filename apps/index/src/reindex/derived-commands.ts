import { commandHeaders, commandKey, CommandSender, encodeCommand, type Command, type Decision } from '@isocenter/commands';
import { EVENT_LOG_PORT, TOPICS, type EventLog } from '@isocenter/event-log';
import { unlessAborted } from '@isocenter/operations';
import { Inject, Injectable } from '@nestjs/common';

/** Commands of operations: without a deadline, and with ids that come from operation and step. */
@Injectable()
export class DerivedCommands {
  constructor(@Inject(EVENT_LOG_PORT) private readonly eventLog: EventLog, private readonly commands: CommandSender) {}

  /**
   * Appends the commands and waits for what becomes of each; what was decided under its id before is not done again. Rejects
   * while the log is away (retriable), and with the signal's reason: they may be carried out all the same.
   */
  async carryOut(commands: readonly Command[], signal: AbortSignal): Promise<Decision[]> {
    await this.eventLog.append(TOPICS.instanceCommands, commands.map((command) => {
      const asked = { ...command, asker: this.commands.replica };
      return { key: commandKey(asked), headers: commandHeaders(asked), value: encodeCommand(asked) };
    }));
    return Promise.all(commands.map(({ id }) => this.waitFor(id, signal)));
  }

  private async waitFor(id: string, signal: AbortSignal): Promise<Decision> {
    const decision = await this.decisionOf(id, signal);
    return decision.kind === 'reindexing' ? this.decisionOf(`${id}/end`, signal) : decision;
  }

  private async decisionOf(id: string, signal: AbortSignal): Promise<Decision> {
    signal.throwIfAborted();
    const decision = await unlessAborted(this.commands.waitFor(id), signal);
    if (!decision) throw signal.reason as Error;
    return decision;
  }
}
