import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly event: { readonly id: string; readonly type: string; readonly data: Record<string, unknown> };
}

/** A receiver of webhooks on this machine; `answer` decides what it says. */
export class WebhookReceiver {
  readonly received: Received[] = [];
  connections = 0;
  answer: (response: ServerResponse, received: Received) => void = (response) => response.writeHead(204).end();
  private changed = Promise.withResolvers<void>();

  private constructor(private readonly server: Server) {}

  static async start(): Promise<WebhookReceiver> {
    const server = createServer();
    const receiver = new WebhookReceiver(server);
    server.on('connection', () => (receiver.connections += 1));
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk)).on('end', () => {
        const body = Buffer.concat(chunks).toString();
        const received = { headers: request.headers, body, event: JSON.parse(body) as Received['event'] };
        receiver.received.push(received);
        receiver.answer(response, received);
        receiver.changed.resolve();
        receiver.changed = Promise.withResolvers();
      });
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/hook`;
  }

  get ids(): number[] {
    return this.received.map(({ event }) => Number(event.id));
  }

  async until(isSo: () => boolean): Promise<void> {
    while (!isSo()) await this.changed.promise;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    this.server.close();
    await once(this.server, 'close');
  }
}

/** What a receiver does to know the sender, written from the documentation. */
export function isSignedWith(secret: string, { headers, body }: Pick<Received, 'headers' | 'body'>): boolean {
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const expected = createHmac('sha256', key).update(`${headers['webhook-id'] as string}.${headers['webhook-timestamp'] as string}.${body}`).digest('base64');
  return headers['webhook-signature'] === `v1,${expected}` && Math.abs(Date.now() / 1000 - Number(headers['webhook-timestamp'])) < 300;
}
