import { empty, json, location } from '../answers.js';
import { type Descriptions, type RouteDescription } from '../route-description.js';
import { schema, type SchemaName } from '../schemas.js';

const body = (name: SchemaName): RouteDescription['body'] => ({ description: 'What the subscription is to be.', required: true, content: { 'application/json': schema(name) } });

export const webhookDescriptions: Descriptions = {
  'POST /webhooks': () => ({
    id: 'createWebhook', group: 'Webhooks', summary: 'Subscribe an address to changes',
    description: 'Only addresses of hosts that WEBHOOK_HOSTS names. Deliveries are CloudEvents, signed, in order, each once or more.',
    body: body('NewWebhook'),
    answers: { 201: json('It was made; the secret is told this once.', 'Webhook', location) },
    errors: [409, 413, 415],
  }),
  'GET /webhooks': () => ({ id: 'listWebhooks', group: 'Webhooks', summary: 'List the subscriptions', answers: { 200: json('All of them, without secrets.', 'Webhooks') }, errors: [] }),
  'GET /webhooks/:webhook': () => ({ id: 'readWebhook', group: 'Webhooks', summary: 'Read a subscription', answers: { 200: json('The subscription, without its secret.', 'Webhook') }, errors: [404] }),
  'PATCH /webhooks/:webhook': () => ({
    id: 'changeWebhook', group: 'Webhooks', summary: 'Change a subscription, or set its position back',
    description: 'What the body does not name stays; `"secret": null` makes a new one.',
    body: body('WebhookChange'),
    answers: { 200: json('As it is now.', 'Webhook') },
    errors: [404, 413, 415],
  }),
  'DELETE /webhooks/:webhook': () => ({ id: 'deleteWebhook', group: 'Webhooks', summary: 'Delete a subscription', answers: { 204: empty('It is gone.') }, errors: [404] }),
};
