import { type Dialect } from '../dialect/dialect.js';
import { dialectPolicies } from '../dialect/dialect-policy.js';
import { FailedDependency, ServiceUnavailable } from './http-errors.js';
import { type IsocenterError } from './isocenter-error.js';

/** What the ports throw while the server behind them is away (I8). By name, since this library knows none of the ports. */
const away: ReadonlyMap<string, string> = new Map([
  ['ObjectStoreUnavailableError', 'The object store'],
  ['MetadataStoreUnavailableError', 'The metadata store'],
  ['EventLogUnavailableError', 'The event log'],
]);

const retryAfterSeconds = 5;

/** The answer to a port's failure that passes: 503, or what the dialect says for the object store. Undefined for all other errors. */
export function wrapUnavailable(error: unknown, dialect: Dialect | undefined): IsocenterError | undefined {
  const what = error instanceof Error ? away.get(error.name) : undefined;
  if (what === undefined) return undefined;
  const text = `${what} is not available at the moment; repeat the request later.`;
  const ofObjects = what === 'The object store' && dialect !== undefined && dialectPolicies[dialect].objectStoreAway === 424;
  return new (ofObjects ? FailedDependency : ServiceUnavailable)(text, retryAfterSeconds, { cause: error });
}
