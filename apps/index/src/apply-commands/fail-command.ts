import { bringsVersion, insertDecision, UnreadableCommandError, type Command, type Decision } from '@isocenter/commands';
import { removeObjects } from './due-work.js';
import type { WorkingSet } from './working-set.js';

/** What is left to do of a command that cannot be read or decided; it is in the dead letters. The text holds nothing of its content. */
export function failCommand(id: string, command: Command | undefined, error: Error, { writes }: WorkingSet): Decision {
  const text = error instanceof UnreadableCommandError ? error.message : `The command could not be decided (${error.name}).`;
  const decision: Decision = { kind: 'failed', text };
  if (command && bringsVersion(command)) writes.push(removeObjects({ ...command, partition: 0 }, 0));
  // Nobody goes on with a delete or a re-index: who waits for its end is told, and what is left is no longer doomed.
  const root = command && 'chunkOf' in command ? command.chunkOf : undefined;
  if (root) writes.push({ op: 'remove', table: 'dooms', key: { id: root.id } }, insertDecision(`${root.id}/end`, decision));
  return decision;
}
