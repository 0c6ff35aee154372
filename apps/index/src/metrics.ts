import { TOPICS } from '@isocenter/event-log';
import { counter } from '@isocenter/telemetry';
import type { AppliedCommand } from './apply-commands/plan-transaction.js';

const commands = counter('index_commands_total', 'Commands decided in committed transactions, by their decision');
const deadLetters = counter('dead_letters_total', 'Records that could not be read or decided, by the topic that they came from');
// From the start, so that the first one is seen as an increase.
deadLetters.add(0, { topic: TOPICS.instanceCommands.name });

export function countDecided(decided: readonly AppliedCommand[]): void {
  for (const { decision } of decided) commands.add(1, { decision: decision.kind });
}

export function countDeadLetters(topic: string, count: number): void {
  deadLetters.add(count, { topic });
}
