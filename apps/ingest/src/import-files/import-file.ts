import { dialectPolicies } from '@isocenter/http';
import type { Operation } from '@isocenter/operations';
import type { IngestOptions } from '../ingest-options.js';
import { countReceived, countStored } from '../metrics.js';
import { receiveInstance } from '../store-instances/receive-instance.js';
import { storeInstance, StoreVoidError, type StorePorts } from '../store-instances/store-instance.js';
import { FAILURE, type StoreOutcome } from '../store-instances/store-outcome.js';
import { SourceFileError, type Found, type Source } from './source.js';

/** What became of a file. */
export type FileOutcome =
  | { readonly kind: 'stored'; readonly warned: boolean }
  /** The same bytes were stored before. */
  | { readonly kind: 'there' | 'passed-over' }
  /** A failure reason of a store, and a sentence. */
  | { readonly kind: 'failed'; readonly reason: number; readonly why: string };

/** What is stored already may be of any transfer syntax, without a PatientID, and there twice: as the standard's dialect has it. */
const policy = dialectPolicies['dicom-web'].store;

/** A file of a source is stored just as one that a client sends. Rejects with what may pass by itself; nothing is left behind then that nobody removes. */
export async function importFile(found: Found, source: Source, operation: Operation, ports: StorePorts, options: IngestOptions): Promise<FileOutcome> {
  if (found.kind === 'passed-over') return { kind: found.kind };
  if (found.kind === 'unreadable') return { kind: 'failed', reason: FAILURE.processing, why: found.why };
  try {
    const outcome = await storeOne(source.read(found.name), operation, ports, options);
    countStored(outcome);
    if (outcome.kind === 'rejected') return { kind: 'failed', reason: outcome.reason, why: outcome.comments.join(' ') };
    return outcome.again ? { kind: 'there' } : { kind: 'stored', warned: outcome.warning !== undefined };
  } catch (error) {
    if (error instanceof SourceFileError) return { kind: 'failed', reason: FAILURE.processing, why: error.message };
    if (error instanceof StoreVoidError) throw new NotNowError(error.message, { cause: error });
    throw error;
  }
}

async function storeOne(bytes: AsyncIterable<Buffer>, { partition, createdBy }: Operation, ports: StorePorts, { budget, maxHeaderBytes, deadlineMs }: IngestOptions): Promise<StoreOutcome> {
  const received = await receiveInstance(bytes, { partition: partition!, objects: ports.objects, budget, maxHeaderBytes });
  if (received.kind === 'interrupted') throw received.error;
  if (received.kind === 'rejected') {
    // The server, not the file, is the reason.
    if (received.reason === FAILURE.processing) throw new NotNowError(received.comments.join(' '));
    return received;
  }
  countReceived(received.size);
  return storeInstance(received, { partition: partition!, study: undefined, mode: 'create', storedBy: createdBy, policy, deadlineMs }, ports);
}

/** The archive cannot store it for the moment. */
class NotNowError extends Error {
  override readonly name = 'NotNowError';
  readonly retriable = true;
}
