import { counter, gauge } from '@isocenter/telemetry';

const published = counter('change_feed_published_total', 'Changes appended to the public topic');
const unpublished = gauge('change_feed_unpublished_changes', 'Numbered changes that the public topic does not have yet');

export function countPublished(changes: number): void {
  published.add(changes);
}

export function showUnpublished(changes: number): void {
  unpublished.record(changes);
}

const deliveries = counter('webhook_deliveries_total', 'Attempts to deliver a change to a webhook, and changes given up, by what became of them');

export function countDelivery(outcome: 'delivered' | 'failed' | 'given-up'): void {
  deliveries.add(1, { outcome });
}
