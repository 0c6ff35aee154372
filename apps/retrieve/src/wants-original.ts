import { BadRequest, dialectPolicies, type RequestContext } from '@isocenter/http';
import type { FastifyRequest } from 'fastify';

const NAME = 'msdicom-request-original';

/** Whether the version is wanted that was stored before any bulk update; only where the dialect knows the header. Throws BadRequest. */
export function wantsOriginal({ headers }: Pick<FastifyRequest, 'headers'>, { dialect }: Pick<RequestContext, 'dialect'>): boolean {
  const given = headers[NAME];
  if (given === undefined || !dialectPolicies[dialect].retrieve.requestOriginal) return false;
  const folded = String(given).trim().toLowerCase();
  if (folded !== 'true' && folded !== 'false') throw new BadRequest(`Header '${NAME}' has the value '${String(given).slice(0, 80)}'; allowed are true and false.`);
  return folded === 'true';
}
