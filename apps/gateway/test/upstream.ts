import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A service in another process, but for the process: a server that does what the test says. */
export class Upstream {
  readonly requests: IncomingMessage[] = [];
  readonly sockets = new Set<Socket>();
  handler: Handler = (_request, response) => response.end('ok');
  private constructor(readonly server: Server) {}

  static async start(port = 0): Promise<Upstream> {
    const server = createServer();
    const upstream = new Upstream(server);
    const handle: Handler = (request, response) => {
      upstream.requests.push(request);
      upstream.handler(request, response);
    };
    server.on('request', handle);
    // The handler asks for the body itself, when it wants it.
    server.on('checkContinue', handle);
    server.on('connection', (socket) => upstream.sockets.add(socket));
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return upstream;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}

/** Reads the body as a service does, and answers with its digest. */
export const digest: Handler = (request, response) => {
  if (request.headers.expect !== undefined) response.writeContinue();
  buffer(request).then((body) => response.end(sha256(body)), () => response.destroy());
};

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
