import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Delivery {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly event: { readonly id: string; readonly type: string; readonly data: Readonly<Record<string, unknown>> };
}

/** A receiver of webhooks, as an operator would write one. */
export interface WebhookReceiver {
  readonly url: string;
  readonly deliveries: readonly Delivery[];
  /** Decides what is answered from now on; 204 until then. */
  answer(how: (response: ServerResponse, delivery: Delivery) => void): void;
  close(): Promise<void>;
}

export const startWebhookReceiver = async (): Promise<WebhookReceiver> => {
  const deliveries: Delivery[] = [];
  let answer = (response: ServerResponse, _delivery: Delivery): void => void response.writeHead(204).end();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const delivery = { headers: request.headers, body, event: JSON.parse(body) as Delivery['event'] };
      deliveries.push(delivery);
      answer(response, delivery);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    deliveries,
    answer: (how) => {
      answer = how;
    },
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
};

/** The check of docs/events.md: HMAC-SHA256 over id, timestamp and body, and a timestamp of the last five minutes. */
export const isSignedWith = (secret: string, { headers, body }: Pick<Delivery, 'headers' | 'body'>): boolean => {
  const [id, timestamp, signature] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => String(headers[name])) as [string, string, string];
  const expected = Buffer.from(`v1,${createHmac('sha256', Buffer.from(secret.replace('whsec_', ''), 'base64')).update(`${id}.${timestamp}.${body}`).digest('base64')}`);
  const shown = Buffer.from(signature);
  return shown.length === expected.length && timingSafeEqual(shown, expected) && Math.abs(Date.now() / 1000 - Number(timestamp)) < 300;
};
