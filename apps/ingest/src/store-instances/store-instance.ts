import type { CommandSender, Decision, StoreInstance, StoreInstanceBody } from '@isocenter/commands';
import { describeInstanceAsync } from '@isocenter/dicom';
import type { DialectPolicy } from '@isocenter/http';
import type { ObjectStore } from '@isocenter/object-store';
import { inSpan } from '@isocenter/telemetry';
import { checkInstance, type Accepted } from './check-instance.js';
import { makeCommand } from './make-command.js';
import { objectFamily } from '../release-objects/object-family.js';
import type { Received } from './receive-instance.js';
import { FAILURE, rejected, type Rejected, type StoreOutcome } from './store-outcome.js';

export interface StoreRequestFacts {
  readonly partition: string;
  readonly study: string | undefined;
  readonly mode: 'create' | 'replace';
  readonly storedBy: string;
  readonly policy: DialectPolicy['store'];
  readonly deadlineMs: number;
}

export interface StorePorts {
  readonly objects: ObjectStore;
  readonly commands: CommandSender;
}

/** A decision did not come in time: the command is void, and the client may repeat the request. */
export class StoreVoidError extends Error {
  override readonly name = 'StoreVoidError';
}

/**
 * From the complete bytes of an instance to its outcome: described, checked, made durable, commanded, decided. Rejects with
 * StoreVoidError, EventLogUnavailableError or an ObjectStoreError; nothing is stored then.
 */
export async function storeInstance(received: Received, facts: StoreRequestFacts, { objects, commands }: StorePorts): Promise<StoreOutcome> {
  const release = async (): Promise<void> => {
    await received.writer.abort();
    await objects.remove(objectFamily(received.objectKey));
  };
  let checked: Accepted;
  let decision: Decision;
  try {
    const prepared = await prepare(received, facts, objects);
    if (prepared.kind === 'rejected') {
      await release();
      return prepared;
    }
    ({ checked } = prepared);
    decision = await commands.ask(prepared.command, prepared.body, facts.deadlineMs);
  } catch (error) {
    // Not commanded, or the command is void: nobody refers to the object.
    await release();
    throw error;
  } finally {
    received.share.release();
  }
  // From here on only the decision tells whether somebody refers to it.
  if (decision.kind !== 'void' && decision.kind !== 'late' && decision.kind !== 'rebuilding') return outcomeOf(decision, received, checked, facts.policy);
  await release();
  throw new StoreVoidError(decision.kind === 'rebuilding' ? 'The index is being rebuilt, and the study is not there yet; nothing was stored. Repeat the request later.' : 'The store was not decided in time; nothing was stored.');
}

interface Prepared {
  readonly kind: 'prepared';
  readonly checked: Accepted;
  readonly command: Omit<StoreInstance, 'deadline' | 'asker'>;
  readonly body: StoreInstanceBody;
}

/** Described and checked, its objects durable. */
async function prepare(received: Received, facts: StoreRequestFacts, objects: ObjectStore): Promise<Prepared | Rejected> {
  const description = await describeInstanceAsync(received.scanned);
  const checked = checkInstance(received.scanned, description, received.fileMetaSopClass, facts.study, facts.policy);
  if (checked.kind === 'rejected') return checked;
  // The version names the command too: so a sweep that finds the object alone can settle its fate (remove-orphans.ts).
  const asked = { type: 'store-instance' as const, id: received.version, partition: facts.partition, mode: facts.mode, storedBy: facts.storedBy };
  // Both have ended, whatever becomes of one, before anything is removed.
  const commit = (): Promise<unknown> => received.writer.commit();
  const [made, committed] = await Promise.allSettled([makeCommand(asked, received, description, checked.ids, objects), inSpan('commit object', { attributes: { 'isocenter.object.bytes': received.size } }, commit)]);
  if (committed.status === 'rejected') throw committed.reason;
  if (made.status === 'rejected') throw made.reason;
  return { kind: 'prepared', checked, ...made.value };
}

function outcomeOf(decision: Decision, { sha256 }: Received, { ids, warning, comments }: Accepted, policy: DialectPolicy['store']): StoreOutcome {
  switch (decision.kind) {
    case 'created':
    case 'replaced':
      return { kind: 'stored', ids, sha256, warning, comments };
    case 'same':
      return policy.sameBytesAgain === 'ok' ? { kind: 'stored', ids, sha256, warning, comments, again: true } : rejected(FAILURE.alreadyExists, 'An instance with these UIDs and identical bytes is stored already.', ids);
    case 'conflict':
      return rejected(FAILURE.alreadyExists, 'An instance with these UIDs but other bytes is stored already. Delete it first, or replace it with PUT.', ids);
    case 'doomed':
      return rejected(FAILURE.beingDeleted, 'A delete of this instance is not finished yet. Repeat the request when it is.', ids);
    case 'failed':
      return rejected(FAILURE.processing, decision.text, ids);
    default:
      throw new Error(`A store was decided as '${decision.kind}'.`);
  }
}
