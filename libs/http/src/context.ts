import { createHash, timingSafeEqual } from 'node:crypto';
import { type IncomingHttpHeaders } from 'node:http';
import { type Dialect } from './dialect/dialect.js';
import { Unauthorized } from './errors/http-errors.js';
import { type Permission } from './routes.js';

/** Who asks. `*` as a partition is every partition. */
export interface Principal {
  readonly name: string;
  readonly permissions: readonly Permission[];
  readonly partitions: readonly string[];
}

/** What the gateway found out about a request; the services take it for true. */
export interface RequestContext {
  readonly requestId: string;
  readonly dialect: Dialect;
  readonly partition: string;
  /** Whether the client named the partition in the path; then URLs in answers have it too. */
  readonly partitionInPath: boolean;
  /** Absolute, with version and partition as the client used them, without a final slash: `https://host/v2/partitions/a`. */
  readonly baseUrl: string;
  readonly principal: Principal;
  /** The version in the path, `v1` or `v2`; undefined under the other roots. */
  readonly apiVersion?: string;
}

export const contextHeader = 'x-isocenter-context';
export const secretHeader = 'x-isocenter-secret';

/** Puts the context on a request that goes to a service, over whatever the client sent under these names. */
export function writeContext(headers: IncomingHttpHeaders, context: RequestContext, secret: string): void {
  headers[contextHeader] = toAscii(JSON.stringify(context));
  headers[secretHeader] = secret;
}

/** Takes the context off a request that must have come from the gateway. Throws `Unauthorized`. */
export function readContext(headers: IncomingHttpHeaders, secret: string): RequestContext {
  const shown = headers[secretHeader];
  const context = headers[contextHeader];
  if (typeof shown !== 'string' || typeof context !== 'string' || !sameSecret(shown, secret)) {
    throw new Unauthorized('This service answers only its gateway; send the request to the public address.');
  }
  // The secret proves that writeContext made it, so the shape needs no check.
  return JSON.parse(context) as RequestContext;
}

/** Removes what only the gateway may say. */
export function stripContext(headers: IncomingHttpHeaders): void {
  delete headers[contextHeader];
  delete headers[secretHeader];
}

/** Digests have equal lengths, which `timingSafeEqual` demands and which hides the secret's own. */
function sameSecret(shown: string, secret: string): boolean {
  return timingSafeEqual(digest(shown), digest(secret));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** Header values are ASCII; JSON has an escape for everything else. */
function toAscii(json: string): string {
  return json.replace(/[^\x00-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
