import { BadRequest, dialectPolicies, type RequestContext } from '@isocenter/http';
import type { InstanceRow } from '@isocenter/metadata-store';
import type { FastifyRequest } from 'fastify';

const HEADER = 'msdicom-request-original';

/** Whether what was sent first is wanted, before any bulk update. Throws BadRequest. */
export function wantsOriginal({ dialect }: RequestContext, { headers }: FastifyRequest): boolean {
  if (!dialectPolicies[dialect].retrieve.requestOriginal || headers[HEADER] === undefined) return false;
  const value = String(headers[HEADER]).trim();
  const folded = value.toLowerCase();
  if (folded !== 'true' && folded !== 'false') throw new BadRequest(`The header '${HEADER}' has the value '${value.slice(0, 64)}'; allowed are true and false.`);
  return folded === 'true';
}

/** The row as it was before any update. */
export function originalOf(row: InstanceRow): InstanceRow {
  const { originalVersion, originalObjectKey, originalSize, originalSha256 } = row;
  if (originalVersion === null) return row;
  return { ...row, version: originalVersion, objectKey: originalObjectKey!, size: originalSize!, sha256: originalSha256! };
}
