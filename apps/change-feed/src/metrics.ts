import { counter, gauge } from '@isocenter/telemetry';

const published = counter('change_feed_published_total', 'Changes appended to the public topic');
const unnumbered = gauge('change_feed_unnumbered_seconds', 'Age of a change that has no number yet; 0: all have one');
const unpublished = gauge('change_feed_unpublished_changes', 'Numbered changes that the public topic does not have yet');
const unjournaled = gauge('change_feed_unjournaled_changes', 'Numbered changes that no segment of the journal was begun for');

export function countPublished(changes: number): void {
  published.add(changes);
}

export interface Backlog {
  readonly unnumberedSeconds: number;
  readonly unpublished: number;
  readonly unjournaled: number;
}

export function showBacklog(backlog: Backlog): void {
  unnumbered.record(backlog.unnumberedSeconds);
  unpublished.record(backlog.unpublished);
  unjournaled.record(backlog.unjournaled);
}

const deliveries = counter('webhook_deliveries_total', 'Attempts to deliver a change to a webhook, and changes given up, by what became of them');
// From the start, so that the first one is seen as an increase.
deliveries.add(0, { outcome: 'given-up' });

export function countDelivery(outcome: 'delivered' | 'failed' | 'given-up'): void {
  deliveries.add(1, { outcome });
}
