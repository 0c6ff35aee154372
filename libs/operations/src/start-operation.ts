import type { MetadataStore, OperationRow } from '@isocenter/metadata-store';
import { randomBytes } from 'node:crypto';

export interface OperationAsked {
  readonly type: string;
  /** Name of the partition that it is about; absent when it is about all, or none. */
  readonly partition?: string;
  /** Written as JSON; no patient data, no credentials. */
  readonly request: unknown;
  /** Paths behind the dialect's root of what it works on: `studies/1.2`, `extendedquerytags/0040A30A`. */
  readonly resources?: readonly string[];
  /** Name of the principal. */
  readonly createdBy: string;
}

/** The row of an operation that nobody has begun; for who inserts it together with other rows. */
export function newOperation({ type, partition, request, resources = [], createdBy }: OperationAsked): OperationRow {
  const now = new Date().toISOString();
  return {
    id: randomBytes(16).toString('hex'), type, partition: partition ?? null, request: JSON.stringify(request), state: '{}', status: 'notStarted', percentComplete: 0,
    results: null, error: null, resources: JSON.stringify(resources), cancelAsked: 0, holder: '', edits: 0, createdBy, createdAt: now, lastUpdatedAt: now,
  };
}

/** Resolves with the operation's id when it is sure to be carried out. A runner of its type finds it within a second; `wake` that of this process. */
export async function startOperation(store: MetadataStore, asked: OperationAsked): Promise<string> {
  const row = newOperation(asked);
  await store.commit({ writes: [{ op: 'insert', table: 'operations', row }] });
  return row.id;
}

/** Absolute address of an operation: never below a partition. `baseUrl` as the request's context has it. */
export function operationHref({ baseUrl, partitionInPath }: { readonly baseUrl: string; readonly partitionInPath: boolean }, id: string): string {
  const root = partitionInPath ? baseUrl.replace(/\/partitions\/[^/]+$/i, '') : baseUrl;
  return `${root}/operations/${id}`;
}
