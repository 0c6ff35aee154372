import type { WebhookRow } from '@isocenter/metadata-store';

/** What is answered about a subscription; its secret never is, but once when it was made. `last` is the newest sequence of the feed. */
export function showWebhook(row: WebhookRow, last: number, madeSecret?: string): object {
  const { id, url, filter, state, position, attempts, notBefore, givenUp, lastError, lastErrorAt, lastDeliveredAt, createdBy, createdAt } = row;
  return {
    id, url, filter: JSON.parse(filter) as object, state, position, lag: Math.max(0, last - position), failedAttempts: attempts,
    nextAttemptAt: notBefore === 0 ? null : new Date(notBefore).toISOString(), givenUpInARow: givenUp, lastError, lastErrorAt, lastDeliveredAt, createdBy, createdAt,
    ...(madeSecret !== undefined && { secret: madeSecret }),
  };
}
