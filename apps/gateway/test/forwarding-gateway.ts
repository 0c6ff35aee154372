import { anonymous } from '@isocenter/auth';
import type { ServiceTls } from '@isocenter/service-process';
import { createLogger } from '@isocenter/telemetry';
import { once } from 'node:events';
import { request as httpRequest, type Agent, type ClientRequest, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { forwardToService } from '../src/forward-to-service/forward-to-service.js';
import { Replicas } from '../src/forward-to-service/replicas.js';
import { Gateway } from '../src/gateway.js';
import { openViewer } from '../src/viewer/viewer.js';

export const secret = 's'.repeat(32);

/** The gateway with one service, `ingest`, that answers every route. */
export class ForwardingGateway {
  private constructor(private readonly gateway: Gateway, readonly replicas: Replicas) {}

  static async start(urls: readonly string[], tls?: ServiceTls, viewer = 'off'): Promise<ForwardingGateway> {
    const log = createLogger({ level: 'silent', service: 'gateway' });
    const replicas = new Replicas(urls, tls);
    const binding = forwardToService('ingest', replicas, log);
    const gateway = new Gateway({ authenticate: () => anonymous, anonymous: true, serviceSecret: secret, services: { ingest: binding, index: binding, retrieve: binding, render: binding, 'change-feed': binding }, health: () => undefined, viewer: openViewer(viewer), log });
    gateway.server.listen(0, '127.0.0.1');
    await once(gateway.server, 'listening');
    return new ForwardingGateway(gateway, replicas);
  }

  get port(): number {
    return (this.gateway.server.address() as AddressInfo).port;
  }

  get base(): string {
    return `http://127.0.0.1:${this.port}/dicom-web`;
  }

  async stop(): Promise<void> {
    this.gateway.server.closeAllConnections();
    await new Promise((resolve) => this.gateway.server.close(resolve));
    this.replicas.close();
  }

  get(path = '/studies'): Promise<Response> {
    return fetch(this.base + path);
  }

  delete(): Promise<Response> {
    return fetch(`${this.base}/studies/1.2`, { method: 'DELETE' });
  }

  post(body: Buffer, init: RequestInit = {}): Promise<Response> {
    return fetch(`${this.base}/studies`, { method: 'POST', body: body as NonNullable<RequestInit['body']>, ...init });
  }

  /** A request whose body the test writes. */
  open(method: string, path: string, headers: Record<string, string> = {}, agent?: Agent): ClientRequest {
    return httpRequest(this.base + path, { method, headers, ...(agent && { agent }) }).on('error', () => undefined);
  }

  /** A request without a body, and its answer as Node has it. */
  async ask(method: string, path: string, headers: Record<string, string> = {}, agent?: Agent): Promise<IncomingMessage> {
    const client = this.open(method, path, headers, agent).end();
    const [answer] = (await once(client, 'response')) as [IncomingMessage];
    return answer.on('error', () => undefined);
  }
}

/** Lets the event loop turn until the condition holds; jest's own limit ends a wait in vain. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
