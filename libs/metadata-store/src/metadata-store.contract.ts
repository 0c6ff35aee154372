import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { describeChanges } from './contract/changes.contract.js';
import { describeOperations } from './contract/operations.contract.js';
import { describeQueryTags } from './contract/query-tags.contract.js';
import { describeReads } from './contract/reads.contract.js';
import { describeRestorations } from './contract/restorations.contract.js';
import { describeSearch } from './contract/search.contract.js';
import { describeTransactions } from './contract/transactions.contract.js';
import { describeWebhooks } from './contract/webhooks.contract.js';
import type { MetadataStore } from './metadata-store.js';

/** A store that nobody else writes to. */
export interface StoreUnderTest {
  readonly store: MetadataStore;
  readonly close: () => Promise<void>;
}

/** What every metadata store does; an adapter's spec hands over how to open one. */
export function describeMetadataStore(name: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${name} as a metadata store`, () => {
    let under: StoreUnderTest;
    const current = (): MetadataStore => under.store;
    beforeEach(async () => {
      under = await open();
    });
    afterEach(() => under.close());

    describeTransactions(current);
    describeReads(current);
    describeSearch(current);
    describeChanges(current);
    describeWebhooks(current);
    describeOperations(current);
    describeQueryTags(current);
    describeRestorations(current);

    it('then it answers a ping', async () => {
      await expect(under.store.ping()).resolves.toBeUndefined();
    });
  });
}
