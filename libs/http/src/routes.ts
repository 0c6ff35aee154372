import { type Dialect } from './dialect/dialect.js';

export type Permission = 'read' | 'write' | 'delete' | 'admin';
export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
export type Service = 'ingest' | 'index' | 'retrieve' | 'render' | 'change-feed';

/** A public resource. The path is what stands behind the dialect's root and the partition prefix. */
export interface Route {
  readonly method: Method;
  /** `:name` is one segment, a final `*` is the rest of the path. Literals match in any letter case. */
  readonly path: string;
  readonly permission: Permission;
  readonly dialects: readonly Dialect[];
  /** Whether it may stand below `/partitions/{name}`. One that may not needs a principal for all partitions. */
  readonly partitioned: boolean;
  readonly service: Service;
}

const everywhere: readonly Dialect[] = ['azure-v1', 'azure-v2', 'dicom-web'];

const study = '/studies/:study';
const series = `${study}/series/:series`;
const instance = `${series}/instances/:instance`;

function route(service: Service, permission: Permission, method: Method, path: string, more: Partial<Route> = {}): Route {
  return { method, path, permission, dialects: everywhere, partitioned: true, service, ...more };
}

/** Without a dialect whose clients would know it: under /v2. */
const ours: Partial<Route> = { partitioned: false, dialects: ['azure-v2'] };

const tags: Partial<Route> = { partitioned: false, dialects: ['azure-v1', 'azure-v2'] };

/** The one table of routes. */
export const routes: readonly Route[] = [
  // Store: PS3.18 10.5; PUT replaces what exists
  route('ingest', 'write', 'POST', '/studies'),
  route('ingest', 'write', 'POST', study),
  route('ingest', 'write', 'PUT', '/studies'),
  route('ingest', 'write', 'PUT', study),

  // Bulk update: Azure dialect, version 2
  route('ingest', 'write', 'POST', '/studies/$bulkUpdate', { dialects: ['azure-v2'] }),

  // Import: ours. A source belongs to no partition, so whoever may bring in what stands there looks after all of it
  route('ingest', 'admin', 'POST', '/import', { dialects: ['azure-v2'] }),
  route('ingest', 'admin', 'GET', '/import/:operation', ours),

  // Search: PS3.18 10.6
  route('index', 'read', 'GET', '/studies'),
  route('index', 'read', 'GET', '/series'),
  route('index', 'read', 'GET', '/instances'),
  route('index', 'read', 'GET', `${study}/series`),
  route('index', 'read', 'GET', `${study}/instances`),
  route('index', 'read', 'GET', `${series}/instances`),

  // Retrieve: PS3.18 10.4
  route('retrieve', 'read', 'GET', study),
  route('retrieve', 'read', 'GET', `${study}/metadata`),
  route('retrieve', 'read', 'GET', series),
  route('retrieve', 'read', 'GET', `${series}/metadata`),
  route('retrieve', 'read', 'GET', instance),
  route('retrieve', 'read', 'GET', `${instance}/metadata`),
  route('retrieve', 'read', 'GET', `${instance}/frames/:frames`),
  route('retrieve', 'read', 'GET', `${instance}/bulkdata/*`, { dialects: ['dicom-web'] }),

  // Rendered: PS3.18 10.4.1.1.3
  route('render', 'read', 'GET', `${instance}/rendered`),
  route('render', 'read', 'GET', `${instance}/frames/:frame/rendered`),

  route('render', 'read', 'GET', `${study}/thumbnail`, { dialects: ['dicom-web'] }),
  route('render', 'read', 'GET', `${series}/thumbnail`, { dialects: ['dicom-web'] }),
  route('render', 'read', 'GET', `${instance}/thumbnail`, { dialects: ['dicom-web'] }),
  route('render', 'read', 'GET', `${instance}/frames/:frame/thumbnail`, { dialects: ['dicom-web'] }),

  // WADO-URI: PS3.18 9; the gateway translates it into one of the paths above
  route('retrieve', 'read', 'GET', '/wado', { dialects: ['dicom-web'] }),

  // Export: Azure dialect; what is read goes to a destination of the settings, so it needs the permission to read
  route('retrieve', 'read', 'POST', '/export', { dialects: ['azure-v1', 'azure-v2'] }),

  // Delete: an extension of the Azure dialect, offered everywhere
  route('index', 'delete', 'DELETE', study),
  route('index', 'delete', 'DELETE', series),
  route('index', 'delete', 'DELETE', instance),

  // Change feed: all partitions in one sequence
  route('change-feed', 'read', 'GET', '/changefeed', { partitioned: false }),
  route('change-feed', 'read', 'GET', '/changefeed/latest', { partitioned: false }),
  route('change-feed', 'read', 'GET', '/changefeed/stream', { partitioned: false }),
  route('change-feed', 'read', 'GET', '/changefeed/journal', { partitioned: false }),

  // Webhooks: ours; they tell of all partitions
  route('change-feed', 'admin', 'POST', '/webhooks', ours),
  route('change-feed', 'admin', 'GET', '/webhooks', ours),
  route('change-feed', 'admin', 'GET', '/webhooks/:webhook', ours),
  route('change-feed', 'admin', 'PATCH', '/webhooks/:webhook', ours),
  route('change-feed', 'admin', 'DELETE', '/webhooks/:webhook', ours),

  // Extended query tags: of all partitions
  route('index', 'admin', 'POST', '/extendedquerytags', tags),
  route('index', 'read', 'GET', '/extendedquerytags', tags),
  route('index', 'read', 'GET', '/extendedquerytags/:tag', tags),
  route('index', 'admin', 'PATCH', '/extendedquerytags/:tag', tags),
  route('index', 'admin', 'DELETE', '/extendedquerytags/:tag', tags),
  route('index', 'read', 'GET', '/extendedquerytags/:tag/errors', tags),

  // Operations; to end one early is ours
  route('index', 'read', 'GET', '/operations/:operation', { partitioned: false, dialects: ['azure-v1', 'azure-v2'] }),
  route('index', 'admin', 'DELETE', '/operations/:operation', ours),

  // Check: ours; of all partitions
  route('ingest', 'admin', 'POST', '/check', ours),
  route('ingest', 'admin', 'GET', '/check/:operation', ours),

  // Rebuild: ours; of all partitions
  route('ingest', 'admin', 'POST', '/rebuild-index', ours),

  // Partitions
  route('index', 'read', 'GET', '/partitions', { partitioned: false, dialects: ['azure-v2', 'dicom-web'] }),
];
