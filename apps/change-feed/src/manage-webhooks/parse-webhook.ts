import { BadRequest, MAX_LISTED, PARTITION_NAME } from '@isocenter/http';
import type { WebhookRow } from '@isocenter/metadata-store';
import { isSecret } from '../deliver-webhooks/sign-delivery.js';
import type { WebhookFilter } from '../deliver-webhooks/webhook-filter.js';

/** What a body says of a subscription; absent: it does not say. */
export interface WebhookChange {
  readonly url?: URL;
  /** Null: a new one is to be made. */
  readonly secret?: string | null;
  readonly filter?: WebhookFilter;
  readonly state?: 'active' | 'paused';
  readonly position?: number;
}

type Reader<T> = (value: unknown, name: string) => T;
const MOST_URL = 2_000;

const readers: { readonly [M in keyof Required<WebhookChange>]: Reader<NonNullable<WebhookChange[M]> | null> } = {
  url: readUrl,
  secret: (value, name) => {
    if (value === null || (typeof value === 'string' && isSecret(value))) return value;
    throw refused(name, 'whsec_ and 24 to 64 bytes in base64, or null, and one is made');
  },
  filter: readFilter,
  state: oneOf<NonNullable<WebhookChange['state']>>('active', 'paused'),
  position: (value, name) => {
    if (Number.isSafeInteger(value) && (value as number) >= 0) return value as number;
    throw refused(name, 'a sequence number of the feed, or 0');
  },
};

const filterReaders: { readonly [M in keyof Required<WebhookFilter>]: Reader<string[]> } = {
  partitions: listOf(matching(PARTITION_NAME, 'names of partitions')),
  modalities: listOf(matching(/^[A-Z0-9_ ]{1,16}$/, 'code strings such as CT')),
  sopClasses: listOf(matching(/^[0-9.]{1,64}$/, 'UIDs')),
  actions: listOf(oneOf<WebhookAction>('create', 'update', 'delete')),
};
type WebhookAction = NonNullable<WebhookFilter['actions']>[number];

/** Throws BadRequest that names the member, and what is allowed. */
export function parseWebhook(body: unknown): WebhookChange {
  return readMembers(body, 'The body', '', readers) as WebhookChange;
}

function readFilter(value: unknown, name: string): WebhookFilter {
  return readMembers(value, `Member '${name}'`, `${name}.`, filterReaders) as WebhookFilter;
}

function readMembers(value: unknown, what: string, prefix: string, known: Readonly<Record<string, Reader<unknown>>>): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new BadRequest(`${what} is no JSON object; its members may be ${Object.keys(known).join(', ')}.`);
  return Object.fromEntries(Object.entries(value).map(([name, member]) => {
    if (!Object.hasOwn(known, name)) throw new BadRequest(`Member '${prefix}${name.slice(0, 80)}' is not known; allowed are ${Object.keys(known).join(', ')}.`);
    return [name, known[name]!(member, prefix + name)];
  }));
}

function readUrl(value: unknown, name: string): URL {
  const url = typeof value === 'string' && value.length <= MOST_URL && URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '' || url.hash !== '') throw refused(name, 'an address that begins with https:// or http://, without name and password, without a fragment');
  return url;
}

function oneOf<const T extends string>(...allowed: readonly T[]): Reader<T> {
  return (value, name) => {
    const found = allowed.find((one) => one === value);
    if (found !== undefined) return found;
    throw refused(name, allowed.join(', '));
  };
}

function matching(pattern: RegExp, what: string): Reader<string> {
  return (value, name) => {
    if (typeof value === 'string' && pattern.test(value)) return value;
    throw refused(name, what);
  };
}

function listOf<T>(read: Reader<T>): Reader<T[]> {
  return (value, name) => {
    if (!Array.isArray(value) || value.length === 0 || value.length > MAX_LISTED) throw refused(name, `a list of 1 to ${MAX_LISTED}; without the member all are wanted`);
    return value.map((one) => read(one, name));
  };
}

/** Values are not repeated: they may be anything. */
function refused(name: string, allowed: string): BadRequest {
  return new BadRequest(`Member '${name}' has a value that is not allowed; allowed: ${allowed}.`);
}

/** The columns that a change sets. */
export function columnsOf({ url, filter, state, position }: WebhookChange): Partial<WebhookRow> {
  return { ...(url && { url: url.href }), ...(filter && { filter: JSON.stringify(filter) }), ...(state && { state }), ...(position !== undefined && { position }) };
}
