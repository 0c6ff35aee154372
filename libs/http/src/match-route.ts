import { type Dialect } from './dialect/dialect.js';
import { BadRequest } from './errors/http-errors.js';
import { type Method, type Route, routes } from './routes.js';

export type RouteMatch =
  | {
      readonly kind: 'found';
      readonly route: Route;
      /** Percent-decoded; the rest of a `*` path is `params['*']`. */
      readonly params: Readonly<Record<string, string>>;
      /** The path as the table spells it, which is what the service's own router knows. */
      readonly path: string;
    }
  | { readonly kind: 'method-not-allowed'; readonly allow: readonly string[] }
  | { readonly kind: 'not-found' };

/** One segment of the table's paths: a tree, so a match costs one look-up per segment. */
interface Node {
  readonly literals: Map<string, { readonly spelling: string; readonly node: Node }>;
  param?: { readonly name: string; readonly node: Node };
  readonly ends: Partial<Record<Method, Route>>;
  /** Routes whose `*` stands here. */
  readonly rests: Partial<Record<Method, Route>>;
}

const notFound: RouteMatch = { kind: 'not-found' };

function emptyNode(): Node {
  return { literals: new Map(), ends: {}, rests: {} };
}

function plant(root: Node, route: Route): void {
  let node = root;
  for (const segment of route.path.slice(1).split('/')) {
    if (segment === '*') {
      node.rests[route.method] = route;
      return;
    }
    node = segment.startsWith(':') ? (node.param ??= { name: segment.slice(1), node: emptyNode() }).node : literalBelow(node, segment);
  }
  node.ends[route.method] = route;
}

/** The name of an operation of another dialect is never taken for the UID that may stand in its place. */
function reserve(root: Node, { path }: Route): void {
  const segments = path.slice(1).split('/');
  if (segments.at(-1)!.startsWith('$')) segments.reduce(literalBelow, root);
}

function literalBelow(node: Node, spelling: string): Node {
  const known = node.literals.get(spelling.toLowerCase()) ?? { spelling, node: emptyNode() };
  node.literals.set(spelling.toLowerCase(), known);
  return known.node;
}

/** Makes the matcher of one dialect's part of a table. */
export function createMatcher(table: readonly Route[], dialect: Dialect): (method: string, path: string) => RouteMatch {
  const root = emptyNode();
  for (const route of table) {
    if (route.dialects.includes(dialect)) plant(root, route);
    else reserve(root, route);
  }
  return (method, path) => matchIn(root, method, path);
}

const matchers: Readonly<Record<Dialect, ReturnType<typeof createMatcher>>> = {
  'azure-v1': createMatcher(routes, 'azure-v1'),
  'azure-v2': createMatcher(routes, 'azure-v2'),
  'dicom-web': createMatcher(routes, 'dicom-web'),
};

/**
 * Finds the route of a path behind the dialect's root and the partition, without query string. HEAD is a GET
 * (RFC 9110 section 9.3.2); one final slash is ignored. Throws `BadRequest` when the percent-encoding is broken.
 */
export function matchRoute(method: string, path: string, dialect: Dialect): RouteMatch {
  return matchers[dialect](method, path);
}

function matchIn(root: Node, method: string, path: string): RouteMatch {
  if (!path.startsWith('/')) return notFound;
  const segments = path.slice(1).split('/');
  const params: Record<string, string> = {};
  let node = root;
  let spelled = '';
  for (let index = 0; index < segments.length; index += 1) {
    const segment = segments[index] ?? '';
    const literal = node.literals.get((segment.startsWith('%24') ? `$${segment.slice(3)}` : segment).toLowerCase());
    if (literal !== undefined) {
      node = literal.node;
      spelled += `/${literal.spelling}`;
    } else if (node.param !== undefined && segment !== '') {
      const value = decodeSegment(segment);
      params[node.param.name] = value;
      spelled += `/${encodeURIComponent(value)}`;
      node = node.param.node;
    } else if (Object.keys(node.rests).length > 0) {
      const rest = segments.slice(index).map(decodeSegment);
      params['*'] = rest.join('/');
      return chosen(node.rests, method, params, `${spelled}/${rest.map(encodeURIComponent).join('/')}`);
    } else if (segment === '' && index === segments.length - 1 && index > 0) {
      break;
    } else {
      return notFound;
    }
  }
  return chosen(node.ends, method, params, spelled);
}

function chosen(ends: Node['ends'], method: string, params: Record<string, string>, path: string): RouteMatch {
  const wanted = method === 'HEAD' ? 'GET' : method;
  const route = Object.hasOwn(ends, wanted) ? ends[wanted as Method] : undefined;
  if (route !== undefined) return { kind: 'found', route, params, path };
  const known = Object.keys(ends);
  if (known.length === 0) return notFound;
  return { kind: 'method-not-allowed', allow: known.flatMap((name) => (name === 'GET' ? ['GET', 'HEAD'] : [name])) };
}

function decodeSegment(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw new BadRequest('The path has a percent sign that does not begin two hexadecimal digits of UTF-8.', { cause });
  }
}
