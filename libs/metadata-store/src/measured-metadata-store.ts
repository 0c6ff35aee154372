import { histogram, timed } from '@isocenter/telemetry';
import { MetadataStoreUnavailableError, TransactionRefusedError } from './errors.js';
import type { MetadataStore } from './metadata-store.js';

const seconds = histogram('metadata_store_operation_seconds', 'Seconds of an operation of the metadata store; a durable commit is synced at its end');

type Operation = Exclude<keyof MetadataStore, 'onChanges'>;

/** Every operation of the port, as the label `operation` says it. */
const OPERATIONS: Readonly<Record<Operation, string>> = {
  commit: 'commit',
  findPartition: 'find-partition', listPartitions: 'list-partitions',
  readCursor: 'read-cursor',
  findDecisions: 'find-decisions', forgetDecisions: 'forget-decisions',
  findStudy: 'find-study', findSeries: 'find-series', listSeries: 'list-series',
  findInstance: 'find-instance', listInstances: 'list-instances', summarizeInstances: 'summarize-instances',
  findInstanceMetadata: 'find-instance-metadata', listInstanceMetadata: 'list-instance-metadata',
  listAttributeSets: 'list-attribute-sets', findAttributeSets: 'find-attribute-sets', listDooms: 'list-dooms',
  search: 'search',
  listUnnumberedChanges: 'list-unnumbered-changes', listChanges: 'list-changes', sequenceAt: 'sequence-at', latestChange: 'latest-change', findKnownVersions: 'find-known-versions',
  listVersionChanges: 'list-version-changes',
  listWebhooks: 'list-webhooks',
  listQueryTags: 'list-query-tags', findTagValues: 'find-tag-values', listTagValues: 'list-tag-values', listTagErrors: 'list-tag-errors', countTagErrors: 'count-tag-errors',
  listStudies: 'list-studies',
  listRestorations: 'list-restorations', findRestoration: 'find-restoration',
  findOperation: 'find-operation', listOpenOperations: 'list-open-operations',
  listDue: 'list-due',
  ping: 'ping',
};

/** Any adapter, with its operations counted and timed. */
export function measuredMetadataStore(store: MetadataStore): MetadataStore {
  const measured = Object.entries(OPERATIONS).map(([name, operation]) => {
    const labels = { operation };
    // One signature for all: each is called as the port has it.
    const run = (store[name as Operation] as (...given: readonly unknown[]) => Promise<unknown>).bind(store);
    return [name, (...given: readonly unknown[]) => timed(seconds, labels, () => run(...given), outcomeOf)] as const;
  });
  return { ...(Object.fromEntries(measured) as unknown as Pick<MetadataStore, Operation>), onChanges: (listener) => store.onChanges(listener) };
}

function outcomeOf(error: unknown): string {
  if (error instanceof MetadataStoreUnavailableError) return 'METADATA_STORE_UNAVAILABLE';
  return error instanceof TransactionRefusedError ? 'TRANSACTION_REFUSED' : 'error';
}
