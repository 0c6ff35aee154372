import { authorize, type Authenticate } from '@isocenter/auth';
import { BadRequest, dialectPolicies, externalBaseUrl, matchRoute, MethodNotAllowed, NotFound, PARTITION_NAME, pathOf, queryOf, type Dialect, type RequestContext, type Route } from '@isocenter/http';
import type { IncomingMessage } from 'node:http';

export interface ResolvedRequest {
  readonly route: Route;
  readonly context: RequestContext;
  /** Path and query as the service's own router knows them. */
  readonly url: string;
}

interface Root {
  readonly dialect: Dialect;
  readonly apiVersion?: string;
}

/** The first segment of the path says what the client speaks. */
const ROOTS: ReadonlyMap<string, Root> = new Map([
  ['v1', { dialect: 'azure-v1', apiVersion: 'v1' }],
  ['v2', { dialect: 'azure-v2', apiVersion: 'v2' }],
  ['dicom-web', { dialect: 'dicom-web' }],
]);

const DEFAULT_PARTITION = 'Microsoft.Default';

/** Where a path leads before its route is looked up. */
interface Place extends Root {
  readonly partition: string;
  readonly partitionInPath: boolean;
  /** The part of the path that says version and partition, as the client spelled it. */
  readonly prefix: string;
  readonly rest: string;
}

/** Value of `api-supported-versions` below the root of a path, whatever becomes of the request; undefined where there are no versions. */
export function supportedVersionsAt(path: string): string | undefined {
  const root = ROOTS.get(/^\/([^/?]*)/.exec(path)?.[1]!.toLowerCase() ?? '');
  return root && dialectPolicies[root.dialect].supportedVersions;
}

/** Throws NotFound or BadRequest. */
export function locate(path: string): Place {
  const [, first = '', ...others] = path.split('/');
  const root = ROOTS.get(first.toLowerCase());
  if (!root) throw new NotFound('There is no resource at this path; the roots are /v2, /v1 and /dicom-web.');
  if (others[0]?.toLowerCase() !== 'partitions' || others.length < 3 || others[1] === '') {
    return { ...root, partition: DEFAULT_PARTITION, partitionInPath: false, prefix: `/${first}`, rest: `/${others.join('/')}` };
  }
  const partition = decodeName(others[1]!);
  if (!PARTITION_NAME.test(partition)) throw new BadRequest(`The partition name '${partition.slice(0, 80)}' is not valid; allowed are 1 to 64 letters, digits, '.', '-' and '_'.`);
  return { ...root, partition, partitionInPath: true, prefix: `/${first}/${others[0]}/${others[1]}`, rest: `/${others.slice(2).join('/')}` };
}

function decodeName(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** Version, partition, route, principal and permission of a request (I9). Throws an IsocenterError. */
export function resolveRequest(request: IncomingMessage, requestId: string, authenticate: Authenticate): ResolvedRequest {
  const { url = '/' } = request;
  const path = pathOf(url);
  const place = locate(path);
  const match = matchRoute(request.method ?? 'GET', place.rest, place.dialect);
  if (match.kind === 'not-found' || (match.kind === 'found' && place.partitionInPath && !match.route.partitioned)) throw new NotFound('There is no resource at this path.');
  const principal = authenticate(request.headers.authorization);
  if (match.kind === 'method-not-allowed') throw new MethodNotAllowed(match.allow);
  authorize(principal, match.route.permission, match.route.partitioned ? place.partition : undefined);
  requireEncoded(queryOf(url));
  const { socket } = request;
  const base = externalBaseUrl({ headers: request.headers, encrypted: 'encrypted' in socket, localHost: `${socket.localAddress}:${socket.localPort}` });
  return {
    route: match.route,
    url: match.path + url.slice(path.length),
    context: {
      requestId, principal, dialect: place.dialect, partition: place.partition, partitionInPath: place.partitionInPath,
      baseUrl: base + place.prefix, ...(place.apiVersion !== undefined && { apiVersion: place.apiVersion }),
    },
  };
}

/** A query in another encoding than UTF-8 would match nothing, and nobody would know why. Throws BadRequest. */
function requireEncoded(query: string): void {
  if (!query.includes('%')) return;
  const wrong = query.split('&').find((parameter) => !isEncoded(parameter));
  if (wrong !== undefined) throw new BadRequest(`Query parameter '${wrong.split('=')[0]!.slice(0, 80)}' has a percent sign that does not begin two hexadecimal digits of UTF-8; a percent sign itself is %25.`);
}

function isEncoded(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** The methods that there are at a path, for OPTIONS. Throws NotFound or BadRequest. */
export function methodsAt(url: string | undefined): readonly string[] {
  const place = locate(pathOf(url));
  const match = matchRoute('OPTIONS', place.rest, place.dialect);
  if (match.kind === 'method-not-allowed') return match.allow;
  throw new NotFound('There is no resource at this path.');
}
