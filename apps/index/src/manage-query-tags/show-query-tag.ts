import { operationHref } from '@isocenter/operations';
import type { RequestContext } from '@isocenter/http';
import type { PartitionRow, TagErrorRow } from '@isocenter/metadata-store';
import type { TagWithErrors } from './manage-query-tags.js';

/** Enumerations begin with a capital letter. */
function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** The REST resource of a tag (azure-v2-extensions.md, "Extended query tags"). */
export function showQueryTag({ tag, errors }: TagWithErrors, context: Pick<RequestContext, 'baseUrl' | 'partitionInPath'>): object {
  const { path, vr, privateCreator, level, status, queryStatus, operation } = tag;
  return {
    path, vr, ...(privateCreator !== null && { privateCreator }), level: capitalized(level), status: capitalized(status), queryStatus: capitalized(queryStatus),
    ...(errors > 0 && { errors: { count: errors, href: `${context.baseUrl}/extendedquerytags/${path}/errors` } }),
    ...(operation !== null && { operation: { id: operation, href: operationHref(context, operation) } }),
  };
}

export function showTagError({ study, series, sop, partition, createdAt, message }: TagErrorRow, partitions: ReadonlyMap<number, PartitionRow>): object {
  return { studyInstanceUid: study, seriesInstanceUid: series, sopInstanceUid: sop, createdTime: createdAt, errorMessage: message, partitionName: partitions.get(partition)?.name };
}
