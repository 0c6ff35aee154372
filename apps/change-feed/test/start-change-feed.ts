import { createLogger } from '@isocenter/telemetry';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import 'reflect-metadata';
import { ChangeFeedModule } from '../src/change-feed.module.js';
import type { WebhookOptions } from '../src/deliver-webhooks/webhook-options.js';
import type { FeedUnderTest } from './feed-under-test.js';

const webhooks: WebhookOptions = { hosts: ['127.0.0.1'], allowPrivate: true, timeoutMs: 5_000, attempts: 3, retryMs: 1 };
const log = createLogger({ level: 'silent', service: 'change-feed' });

/** A replica of the service, without its HTTP. */
export function startChangeFeed({ store, objects, eventLog }: FeedUnderTest, over: Partial<WebhookOptions> = {}): Promise<INestApplicationContext> {
  const options = { journalIntervalMs: 3_600_000, serviceHostName: 'localhost', metadataInEvents: false, webhooks: { ...webhooks, ...over }, log };
  return NestFactory.createApplicationContext(ChangeFeedModule.register({ eventLog, store, objects }, options), { logger: false });
}
