import { beforeEach, describe, expect, it } from '@jest/globals';
import type { MetadataStore } from '../metadata-store.js';
import type { WebhookRow } from '../rows.js';
import type { Outcome, Write } from '../transaction.js';

function webhookRow(over: Partial<WebhookRow> = {}): WebhookRow {
  return {
    id: 'a', url: 'https://example.org/hook', secret: 's', filter: '{}', state: 'active', position: 0, attempts: 0, notBefore: 0, givenUp: 0,
    lastError: null, lastErrorAt: null, lastDeliveredAt: null, createdBy: 'me', createdAt: '2026-01-01T00:00:00.000Z', edits: 1, ...over,
  };
}

/** Subscriptions. `current` gives the store of the test that runs. */
export function describeWebhooks(current: () => MetadataStore): void {
  let store: MetadataStore;
  const commit = (...writes: Write[]): Promise<Outcome> => store.commit({ writes });
  const committed = async (...writes: Write[]): Promise<void> => expect(await commit(...writes)).toEqual({ committed: true });
  const insert = (row: WebhookRow): Write => ({ op: 'insert', table: 'webhooks', row });
  beforeEach(() => {
    store = current();
  });

  describe('webhooks', () => {
    it('given some, then all of them whole, in the order of their ids', async () => {
      const rows = [webhookRow({ id: 'b', position: 2 ** 40, notBefore: 1_800_000_000_000, lastError: 'e', lastErrorAt: 't', lastDeliveredAt: 'd' }), webhookRow({ id: 'a' })];
      expect(await store.listWebhooks()).toEqual([]);
      await committed(...rows.map(insert));
      expect(await store.listWebhooks()).toEqual([rows[1], rows[0]]);
    });

    it('given a delivery and a change by a person at the same time, then the one that read the older one fails', async () => {
      await committed(insert(webhookRow()));
      await committed({ op: 'update', table: 'webhooks', key: { id: 'a' }, expect: { edits: 1 }, set: { state: 'paused', edits: 2 } });
      expect(await commit({ op: 'update', table: 'webhooks', key: { id: 'a' }, expect: { edits: 1, position: 0 }, set: { position: 1 } })).toEqual({ committed: false, failed: 0 });
      expect(await store.listWebhooks()).toMatchObject([{ state: 'paused', position: 0, edits: 2 }]);
    });

    it('given one that is removed, then it is gone, and a delivery of it changes nothing', async () => {
      await committed(insert(webhookRow()));
      await committed({ op: 'remove', table: 'webhooks', key: { id: 'a' } });
      expect(await commit({ op: 'update', table: 'webhooks', key: { id: 'a' }, set: { position: 1 } })).toEqual({ committed: false, failed: 0 });
      expect(await store.listWebhooks()).toEqual([]);
    });
  });
}
