import type { CommandSender } from '@isocenter/commands';
import { describeInstanceAsync, DicomParseError, RewriteRefusedError, type ElementChange } from '@isocenter/dicom';
import type { InstanceRow, MetadataStore } from '@isocenter/metadata-store';
import { ObjectNotFoundError, type ObjectStore } from '@isocenter/object-store';
import { unlessAborted } from '@isocenter/operations';
import type { IngestOptions } from '../ingest-options.js';
import { objectFamily } from '../release-objects/object-family.js';
import { makeCommand } from '../store-instances/make-command.js';
import { receiveInstance, type Received } from '../store-instances/receive-instance.js';
import { FAILURE } from '../store-instances/store-outcome.js';
import { TooMuchAtOnceError } from '../store-instances/too-much-at-once-error.js';
import { openRewrite } from './open-rewrite.js';

/** What became of one instance. `done`: this operation updated it before. `again`: somebody else changed it meanwhile. */
export type InstanceUpdate =
  | { readonly kind: 'updated' | 'done' | 'again' }
  | { readonly kind: 'failed'; readonly text: string };

export interface UpdateFacts {
  readonly operation: string;
  readonly partition: string;
  readonly storedBy: string;
  readonly changes: readonly ElementChange[];
  readonly signal: AbortSignal;
}

interface Ports {
  readonly store: MetadataStore;
  readonly objects: ObjectStore;
  readonly commands: CommandSender;
}

/**
 * From a stored version to the next: its bytes are rewritten into a new object while they are read, scanned and hashed in the
 * same pass, and the command is decided by the one writer. Rejects with what may pass by itself: nothing is left behind
 * then that nobody removes.
 */
export async function updateInstance(row: InstanceRow, facts: UpdateFacts, ports: Ports, { budget, maxHeaderBytes }: IngestOptions): Promise<InstanceUpdate> {
  let received: Received;
  try {
    const bytes = await openRewrite(ports.objects, row, facts.changes, maxHeaderBytes);
    const outcome = await receiveInstance(bytes, { partition: facts.partition, objects: ports.objects, budget, maxHeaderBytes });
    if (outcome.kind === 'interrupted') throw outcome.error;
    if (outcome.kind === 'rejected') {
      // The server, not the instance, is the reason.
      if (outcome.reason === FAILURE.processing) throw new TooMuchAtOnceError();
      return { kind: 'failed', text: outcome.comments.join(' ') };
    }
    received = outcome;
  } catch (error) {
    if (error instanceof RewriteRefusedError || error instanceof DicomParseError) return { kind: 'failed', text: error.message };
    if (error instanceof ObjectNotFoundError) return whyGone(row, ports.store);
    throw error;
  }
  return commandUpdate(row, received, facts, ports);
}

async function whyGone({ partition, study, series, sop, version }: InstanceRow, store: MetadataStore): Promise<InstanceUpdate> {
  const current = await store.findInstance(partition, study, series, sop);
  return current?.version === version ? { kind: 'failed', text: 'Its object is missing from the object store.' } : { kind: 'again' };
}

async function commandUpdate(row: InstanceRow, received: Received, facts: UpdateFacts, { objects, commands }: Ports): Promise<InstanceUpdate> {
  const release = async (): Promise<void> => {
    await received.writer.abort();
    await objects.remove(objectFamily(received.objectKey));
  };
  let asking: ReturnType<CommandSender['ask']>;
  try {
    const description = await describeInstanceAsync(received.scanned);
    const ids = { study: description.studyInstanceUid, series: description.seriesInstanceUid, sop: description.sopInstanceUid, sopClass: description.sopClassUid };
    if (ids.study !== row.study || ids.series !== row.series || ids.sop !== row.sop) {
      await release();
      return { kind: 'failed', text: 'Its stored bytes name another instance.' };
    }
    // The version names the command too: so a sweep that finds the object alone can settle its fate (remove-orphans.ts).
    const asked = { type: 'update-instance' as const, id: received.version, partition: facts.partition, storedBy: facts.storedBy, baseVersion: row.version, updateId: facts.operation };
    const [made, committed] = await Promise.allSettled([makeCommand(asked, received, description, ids, objects), received.writer.commit()]);
    if (committed.status === 'rejected') throw committed.reason;
    if (made.status === 'rejected') throw made.reason;
    asking = commands.ask(made.value.command, made.value.body, Infinity);
  } catch (error) {
    // Not commanded: nobody refers to the objects.
    await release();
    throw error;
  } finally {
    received.share.release();
  }
  const decision = await unlessAborted(asking, facts.signal);
  switch (decision?.kind) {
    case undefined:
      // It is decided without us.
      return { kind: 'again' };
    case 'updated':
      return { kind: 'updated' };
    case 'failed':
      return { kind: 'failed', text: decision.text };
    case 'void':
      await release();
      return { kind: 'again' };
    default:
      return { kind: 'again' };
  }
}
