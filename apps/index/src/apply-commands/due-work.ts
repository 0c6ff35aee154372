import { uuidv7, type Command, type RemoveObjectsWork } from '@isocenter/commands';
import type { InstanceRow, Write } from '@isocenter/metadata-store';

/** Objects of a version and what lies beside it under the same name. */
export function removeObjects({ version, objectKey, partition, study, series, sop }: RemoveObjectsWork['instance'] & { version: string; objectKey: string }, afterMs: number): Write {
  const work: RemoveObjectsWork = { version, keys: [objectKey], instance: { partition, study, series, sop } };
  return { op: 'insert', table: 'due', row: { id: `remove/${version}/${uuidv7()}`, kind: 'remove-objects', notBefore: Date.now() + afterMs, payload: JSON.stringify(work) } };
}

/** What is left of an instance that goes, or whose place another takes: its version, and the original that it was made from. */
export function removeVersions(row: InstanceRow, afterMs: number): Write[] {
  const { partition, study, series, sop, originalVersion, originalObjectKey } = row;
  const writes = [removeObjects(row, afterMs)];
  if (originalVersion === null || originalObjectKey === null) return writes;
  return [...writes, removeObjects({ ...row, version: originalVersion, objectKey: originalObjectKey }, afterMs), { op: 'remove', table: 'originalMetadata', key: { partition, study, series, sop } }];
}

/** Payload of a due row `send-command`. */
export type SendCommandWork = Command & { readonly traceparent?: string | undefined };

/** A command that follows from this transaction: sent until the log has it. */
export function sendCommand(command: Command, traceparent: string | undefined): Write {
  const work: SendCommandWork = { ...command, traceparent };
  return { op: 'put', table: 'due', row: { id: `send/${command.id}`, kind: 'send-command', notBefore: 0, payload: JSON.stringify(work) } };
}
