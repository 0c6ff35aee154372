import { decodeCommand, UnreadableCommandError, type Command, type StoreInstanceBody } from '@isocenter/commands';
import type { StoredRecord } from '@isocenter/event-log';

/** A record of a batch, read. */
export interface Item {
  readonly record: StoredRecord;
  /** Names the decision; '' when not even the headers say it. */
  readonly id: string;
  /** Undefined when it cannot be read. */
  readonly command?: Command;
  readonly body?: StoreInstanceBody;
  /** Why it cannot be read or decided: it becomes a dead letter. */
  readonly error?: Error;
}

export function readRecord(record: StoredRecord): Item {
  try {
    const { command, body } = decodeCommand(record.value);
    return { record, id: command.id, command, body };
  } catch (error) {
    if (error instanceof UnreadableCommandError) return { record, id: record.headers.ce_id ?? '', error };
    throw error;
  }
}
