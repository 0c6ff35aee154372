import type { Logger } from '@isocenter/telemetry';
import type { WebhookOptions } from './deliver-webhooks/webhook-options.js';
import type { PublishOptions } from './publish-changes/publish-changes.js';

export const CHANGE_FEED_OPTIONS = Symbol('ChangeFeedOptions');

export interface ChangeFeedOptions extends PublishOptions {
  /** Milliseconds after which an open journal segment is closed. */
  readonly journalIntervalMs: number;
  readonly webhooks: WebhookOptions;
  readonly log: Logger;
}
