import { BadRequest, Conflict, NotFound } from '@isocenter/http';
import { FEED_LAST, METADATA_STORE, type MetadataStore, type WebhookRow } from '@isocenter/metadata-store';
import { Inject, Injectable } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { CHANGE_FEED_OPTIONS, type ChangeFeedOptions } from '../change-feed-options.js';
import { AddressRefusedError, allowedAddresses, requireAllowedHost } from '../deliver-webhooks/allowed-address.js';
import { DeliverWebhooks } from '../deliver-webhooks/deliver-webhooks.js';
import { makeSecret } from '../deliver-webhooks/sign-delivery.js';
import { columnsOf, parseWebhook, type WebhookChange } from './parse-webhook.js';
import { showWebhook } from './show-webhook.js';

/** They are all read at each look, and each may cost a connection. */
const MOST_WEBHOOKS = 100;

/** Subscriptions as administrators see them. */
@Injectable()
export class ManageWebhooks {
  constructor(
    @Inject(METADATA_STORE) private readonly store: MetadataStore,
    @Inject(CHANGE_FEED_OPTIONS) private readonly options: ChangeFeedOptions,
    private readonly deliver: DeliverWebhooks,
  ) {}

  async create(body: unknown, createdBy: string): Promise<{ id: string; shown: object }> {
    const change = parseWebhook(body);
    if (this.options.webhooks.hosts.length === 0) throw new BadRequest('Webhooks are off: WEBHOOK_HOSTS names no host that may be called.');
    if (!change.url) throw new BadRequest("Member 'url' is missing; it is the address that changes are sent to.");
    const last = await this.check(change);
    if ((await this.store.listWebhooks()).length >= MOST_WEBHOOKS) throw new Conflict(`There are ${MOST_WEBHOOKS} webhooks, which is the most; delete one first.`);
    const made = change.secret ? undefined : makeSecret();
    const row: WebhookRow = {
      id: randomUUID(), url: '', filter: '{}', state: 'active', position: last, attempts: 0, notBefore: 0, givenUp: 0, lastError: null, lastErrorAt: null, lastDeliveredAt: null,
      createdBy, createdAt: new Date().toISOString(), edits: 0, ...columnsOf(change), secret: made ?? change.secret!,
    };
    await this.store.commit({ writes: [{ op: 'insert', table: 'webhooks', row }] });
    this.deliver.lookSoon();
    return { id: row.id, shown: showWebhook(row, last, made) };
  }

  async list(): Promise<object[]> {
    const last = await this.last();
    return (await this.store.listWebhooks()).map((row) => showWebhook(row, last));
  }

  async get(id: string): Promise<object> {
    return showWebhook(await this.find(id), await this.last());
  }

  /** Whatever is changed, the next attempt is made at once; a person has looked at it. */
  async update(id: string, body: unknown): Promise<object> {
    const change = parseWebhook(body);
    const last = await this.check(change);
    const made = change.secret === null ? makeSecret() : undefined;
    const secret = made ?? change.secret;
    for (;;) {
      const row = await this.find(id);
      const set: Partial<WebhookRow> = { ...columnsOf(change), ...(secret && { secret }), attempts: 0, notBefore: 0, givenUp: 0, edits: row.edits + 1 };
      if (!(await this.store.commit({ writes: [{ op: 'update', table: 'webhooks', key: { id }, expect: { edits: row.edits }, set }] })).committed) continue;
      this.deliver.lookSoon();
      return showWebhook({ ...(await this.find(id)) }, last, made);
    }
  }

  async remove(id: string): Promise<void> {
    await this.find(id);
    await this.store.commit({ writes: [{ op: 'remove', table: 'webhooks', key: { id } }] });
  }

  /** What the feed and the settings say of a change; resolves with the newest sequence. */
  private async check({ url, position }: WebhookChange): Promise<number> {
    const last = await this.last();
    if (position !== undefined && position > last) throw new BadRequest(`Member 'position' is ${position}; the newest change has the sequence ${last}, and it may be that at most.`);
    if (url) await this.checkAddress(url);
    return last;
  }

  private async checkAddress(url: URL): Promise<void> {
    try {
      requireAllowedHost(url, this.options.webhooks);
      await allowedAddresses(url.hostname, this.options.webhooks);
    } catch (error) {
      if (error instanceof AddressRefusedError) throw new BadRequest(`Member 'url' is refused. ${error.message}`, { cause: error });
      throw new BadRequest(`Member 'url' is refused: its host '${url.hostname}' has no address now.`, { cause: error });
    }
  }

  private async find(id: string): Promise<WebhookRow> {
    const row = (await this.store.listWebhooks()).find((one) => one.id === id);
    if (!row) throw new NotFound('There is no webhook with this id.');
    return row;
  }

  private async last(): Promise<number> {
    return (await this.store.readCursor(FEED_LAST))?.position ?? 0;
  }
}
