import { readSettings, type Settings } from '@isocenter/config';
import { CurrentContext, secretHeader, writeContext, type RequestContext } from '@isocenter/http';
import { METADATA_STORE, type MetadataStore } from '@isocenter/metadata-store';
import { openPorts, type OpenPorts } from '@isocenter/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Controller, Get, Inject, Module } from '@nestjs/common';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders, type IncomingMessage, type OutgoingHttpHeaders } from 'node:http';
import { Agent as TlsAgent, request as httpsRequest } from 'node:https';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { TLSSocket } from 'node:tls';
import 'reflect-metadata';
import type { OpeningPorts } from './opening-ports.js';
import type { RunningProcess } from './run-process.js';
import type { ServiceDefinition } from './service-definition.js';
import { startService } from './start-service.js';

const secret = 's'.repeat(32);
const context: RequestContext = {
  requestId: 'request-1', dialect: 'dicom-web', partition: 'Microsoft.Default', partitionInPath: false, baseUrl: 'http://localhost/dicom-web',
  principal: { name: 'engine', permissions: ['read'], partitions: ['*'] },
};
const tlsFile = (name: string): string => join(import.meta.dirname, '../test/tls', name);

/** Ends the answer of `/slow`. */
let release: PromiseWithResolvers<string>;

@Controller()
class ProbeController {
  constructor(@Inject(METADATA_STORE) private readonly store: MetadataStore) {}

  @Get('who')
  async who(@CurrentContext() who: RequestContext): Promise<string> {
    await this.store.ping();
    return who.principal.name;
  }

  @Get('slow')
  slow(): Promise<string> {
    return release.promise;
  }
}

@Module({ controllers: [ProbeController] })
class ProbeModule {}

describe('startService', () => {
  let ports: OpenPorts;
  let there: PromiseWithResolvers<void>;
  let order: string[];
  let running: RunningProcess | undefined;

  const definition: ServiceDefinition<'retrieve', 'store'> = {
    name: 'retrieve', ports: ['store'], neededToServe: ['store'],
    compose: ({ store }) => ({
      module: { module: ProbeModule, providers: [{ provide: METADATA_STORE, useValue: store }] },
      endStreams: () => void order.push('streams'),
      close: () => void order.push('app'),
    }),
  };
  /** The standalone store, which is there when the test says so. */
  const portsOf = (): OpeningPorts<'store'> => ({
    health: [{ name: 'MetadataStore', needed: true, check: () => ports.store.ping() }],
    open: async (signal) => {
      const stopped = Promise.withResolvers<never>();
      signal.addEventListener('abort', () => stopped.reject(signal.reason as Error));
      await Promise.race([there.promise, stopped.promise]);
      return { store: ports.store };
    },
    close: async () => void order.push('ports'),
  });
  const start = async (env: Record<string, string> = {}): Promise<RunningProcess> => {
    const settings: Settings<'retrieve'> = readSettings('retrieve', {
      PORT: '0', METRICS_PORT: '0', LOG_LEVEL: 'silent', SERVICE_SECRET: secret,
      MONGODB_URL: 'mongodb://nowhere/isocenter', S3_ENDPOINT: 'http://nowhere', S3_ACCESS_KEY: 'a', S3_SECRET_KEY: 'b', S3_BUCKET: 'c', ...env,
    });
    running = await startService(definition, settings, portsOf);
    running.serving.catch(() => undefined);
    return running;
  };

  beforeEach(async () => {
    ports = await openPorts();
    there = Promise.withResolvers();
    release = Promise.withResolvers();
    order = [];
  });
  afterEach(async () => {
    release.resolve('released');
    await running?.close();
    running = undefined;
    await ports.close();
  });

  const ask = (path: string, headers: OutgoingHttpHeaders = {}, tls?: { cert: Buffer; key: Buffer }): Promise<{ status: number | undefined; headers: IncomingHttpHeaders; body: string }> => new Promise((resolve, reject) => {
    const url = new URL(path, running!.address);
    const asked = url.protocol === 'https:' ? httpsRequest(url, { headers, agent: false, ca: readFileSync(tlsFile('ca.pem')), ...tls }) : httpRequest(url, { headers, agent: false });
    asked.on('response', (answer) => text(answer).then((body) => resolve({ status: answer.statusCode, headers: answer.headers, body }), reject)).on('error', reject).end();
  });
  const fromGateway = (shown = secret): OutgoingHttpHeaders => {
    const headers: IncomingHttpHeaders = {};
    writeContext(headers, context, shown);
    return headers;
  };
  const status = async (path: string, headers?: OutgoingHttpHeaders): Promise<number | undefined> => (await ask(path, headers)).status;

  it('I8: given servers that are away at the start, then it is live and not ready, answers its gateway 503, and serves when they come', async () => {
    const { serving } = await start();
    expect([await status('/health/live'), await status('/health/ready'), await status('/who')]).toEqual([200, 503, 401]);
    expect(await ask('/who', fromGateway())).toMatchObject({ status: 503, headers: { 'retry-after': '5' }, body: expect.stringContaining('retrieve is starting') });
    there.resolve();
    await serving;
    expect([await status('/health/ready'), await status('/health/check')]).toEqual([200, 200]);
    expect(await ask('/who', fromGateway())).toMatchObject({ status: 200, body: 'engine' });
  });

  it('I9: given a request that does not come from the gateway, then 401, whatever it asks for', async () => {
    there.resolve();
    await (await start()).serving;
    const forged: OutgoingHttpHeaders[] = [{}, fromGateway('x'.repeat(32)), fromGateway(`${secret} `.trim().slice(1)), { ...fromGateway(), [secretHeader]: '' }, { [secretHeader]: secret }, { authorization: `Bearer ${secret}` }];
    for (const headers of forged) {
      for (const path of ['/who', '/nowhere', '/health', '/metrics', '/']) expect([path, headers, await status(path, headers)]).toEqual([path, headers, 401]);
    }
    expect(await status('/who', fromGateway())).toBe(200);
  });

  it('given an error at the start that waiting does not mend, then it says so', async () => {
    there.reject(new Error('wrong password'));
    await expect((await start()).serving).rejects.toThrow('wrong password');
  });

  it('given a process that is told to stop, then the request in flight ends, and only then the rest', async () => {
    there.resolve();
    const { serving, close } = await start();
    await serving;
    const slow = ask('/slow', fromGateway());
    await untilConnections(1);
    const closed = close();
    running = undefined;
    expect(order).toEqual([]);
    release.resolve('whole');
    expect(await slow).toMatchObject({ status: 200, body: 'whole' });
    await closed;
    expect(order).toEqual(['streams', 'app', 'ports']);

    async function untilConnections(count: number): Promise<void> {
      // The request has begun when another one, sent behind it, was answered.
      for (let i = 0; i < count; i += 1) await ask('/who', fromGateway());
    }
  });

  it('given a process that is told to stop while it waits for servers, then it stops', async () => {
    const { close } = await start();
    await close();
    running = undefined;
    expect(order).toEqual(['ports']);
  });

  describe('with TLS', () => {
    const identity = (name: string): { cert: Buffer; key: Buffer } => ({ cert: readFileSync(tlsFile(`${name}.pem`)), key: readFileSync(tlsFile(`${name}.key`)) });

    it('I9: given a client without a certificate of the authority, then 401 in spite of the secret, but the health pages are open', async () => {
      there.resolve();
      await (await start({ SERVICE_TLS_CERT: tlsFile('service.pem'), SERVICE_TLS_KEY: tlsFile('service.key'), SERVICE_TLS_CA: tlsFile('ca.pem') })).serving;
      expect(running!.address).toMatch(/^https:/);
      expect((await ask('/who', fromGateway(), identity('gateway'))).status).toBe(200);
      expect((await ask('/who', {}, identity('gateway'))).status).toBe(401);
      expect((await ask('/who', fromGateway())).status).toBe(401);
      expect((await ask('/who', fromGateway(), identity('stranger'))).status).toBe(401);
      // A session that is resumed without a certificate was begun without one.
      const agent = new TlsAgent({ ca: readFileSync(tlsFile('ca.pem')) });
      const resumed: boolean[] = [];
      for (let i = 0; i < 3; i += 1) {
        const asked = httpsRequest(new URL('/who', running!.address), { headers: fromGateway(), agent }).end();
        const [answer] = (await once(asked, 'response')) as [IncomingMessage];
        resumed.push((answer.socket as TLSSocket).isSessionReused());
        await text(answer);
        expect(answer.statusCode).toBe(401);
      }
      expect(resumed).toContain(true);
      agent.destroy();
      expect((await ask('/health/ready')).status).toBe(200);
    });
  });
});
