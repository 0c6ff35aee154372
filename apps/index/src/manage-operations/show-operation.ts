import { dialectPolicies, type RequestContext } from '@isocenter/http';
import type { OperationRow } from '@isocenter/metadata-store';

/** Clients know the types of the Azure dialect; to take the values of a tag away is a re-index to them. */
const SHOWN_TYPES: Readonly<Record<string, string>> = { 'delete-query-tag': 'reindex' };

export function hasEnded({ status }: OperationRow): boolean {
  return status !== 'notStarted' && status !== 'running';
}

/** The REST resource of an operation (azure-v2-extensions.md, "Operations"). */
export function showOperation(row: OperationRow, { baseUrl, dialect }: Pick<RequestContext, 'baseUrl' | 'dialect'>): { ended: boolean; shown: object } {
  const { id, type, createdAt, lastUpdatedAt, status, percentComplete, resources, results, error } = row;
  const shown = {
    operationId: id, type: SHOWN_TYPES[type] ?? type, createdTime: createdAt, lastUpdatedTime: lastUpdatedAt, status: status === 'succeeded' ? dialectPolicies[dialect].operations.succeeded : status, percentComplete,
    resources: (JSON.parse(resources) as string[]).map((path) => `${baseUrl}/${path}`),
    ...(results !== null && { results: JSON.parse(results) as unknown }), ...(error !== null && { error }),
  };
  return { ended: hasEnded(row), shown };
}
