import { TOPICS, type EventLog } from '@isocenter/event-log';
import type { MetadataStore, NumberedChange, WebhookRow } from '@isocenter/metadata-store';
import { changeEvent, detailOf } from '../change-event/change-event.js';
import { binaryHeaders, structuredEvent, type CloudEvent } from '../change-event/cloud-event.js';
import type { Lease } from '../hold-lease/lease.js';
import { countDelivery } from '../metrics.js';
import { backOff } from './back-off.js';
import type { Attempt, EventPoster } from './post-event.js';
import { signDelivery } from './sign-delivery.js';
import { isWanted, type WebhookFilter } from './webhook-filter.js';
import type { WebhookOptions } from './webhook-options.js';

/** Changes that are looked at in one step. */
const PAGE = 100;
/** A subscription of which so many changes in a row were given up is disabled. */
const GIVEN_UP_IN_A_ROW = 5;

export interface DeliveryPorts {
  readonly store: MetadataStore;
  readonly eventLog: EventLog;
  readonly poster: EventPoster;
  readonly lease: Lease;
}

export interface DeliveryOptions {
  readonly serviceHostName: string;
  readonly webhooks: WebhookOptions;
}

/**
 * Passes over what a subscription does not want and tries to deliver the next change that it wants. Resolves with the row as
 * it is then, or with undefined when it is not to go on: nothing is left, the attempt failed, or the row was changed by
 * somebody else.
 */
export async function deliverNext(row: WebhookRow, ports: DeliveryPorts, options: DeliveryOptions, stopping: AbortSignal): Promise<WebhookRow | undefined> {
  const changes = await ports.store.listChanges({ after: row.position, limit: PAGE });
  if (changes.length === 0) return undefined;
  const filter = JSON.parse(row.filter) as WebhookFilter;
  const wanted = changes.find((change) => isWanted(change, filter));
  if (!wanted) return move(row, { position: changes.at(-1)!.sequence }, ports.store);
  if (!ports.lease.held) return undefined;
  const event = changeEvent(wanted, options.serviceHostName);
  const attempt = await post(row, event, detailOf(wanted).traceparent, ports.poster, stopping);
  countDelivery(attempt.kind);
  if (attempt.kind === 'delivered') return move(row, { position: wanted.sequence, attempts: 0, notBefore: 0, givenUp: 0, lastDeliveredAt: new Date().toISOString() }, ports.store);
  return fail(row, wanted, event, attempt.text, ports, options.webhooks);
}

function post({ id, url, secret }: WebhookRow, event: CloudEvent, traceparent: string | undefined, poster: EventPoster, stopping: AbortSignal): Promise<Attempt> {
  const body = structuredEvent(event);
  const headers = {
    'content-type': 'application/cloudevents+json; charset=utf-8', 'user-agent': 'isocenter',
    ...signDelivery(secret, `${id}-${event.id}`, body, new Date()), ...(traceparent !== undefined && { traceparent }),
  };
  return poster.post(url, headers, body, stopping);
}

/** Waits longer each time; after the last attempt the change goes to the dead letters, and the subscription goes on behind it. */
async function fail(row: WebhookRow, change: NumberedChange, event: CloudEvent, text: string, { store, eventLog }: DeliveryPorts, { attempts: most, retryMs }: WebhookOptions): Promise<WebhookRow | undefined> {
  const attempts = row.attempts + 1;
  const wrong = { lastError: text, lastErrorAt: new Date().toISOString() };
  if (attempts < most) {
    await move(row, { ...wrong, attempts, notBefore: Date.now() + backOff(attempts, retryMs) }, store);
    return undefined;
  }
  await eventLog.append(TOPICS.deadLetters, [{ key: event.partitionkey, headers: { ...binaryHeaders(event), 'dead-webhook': row.id, 'dead-reason': text }, value: Buffer.from(event.data) }]);
  countDelivery('given-up');
  const givenUp = row.givenUp + 1;
  return move(row, { ...wrong, position: change.sequence, attempts: 0, notBefore: 0, givenUp, ...(givenUp >= GIVEN_UP_IN_A_ROW && { state: 'disabled' }) }, store);
}

/** Not synced: a move that is lost is a delivery that is made twice. */
async function move(row: WebhookRow, set: Partial<WebhookRow>, store: MetadataStore): Promise<WebhookRow | undefined> {
  const { id, edits, position, attempts } = row;
  const { committed } = await store.commit({ writes: [{ op: 'update', table: 'webhooks', key: { id }, expect: { edits, position, attempts }, set }], durable: false });
  return committed ? { ...row, ...set } : undefined;
}
