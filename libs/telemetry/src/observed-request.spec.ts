import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';
import { ObservedRequest, renderMetrics, startTracing } from './index.js';
import { startTraceCollector } from './trace-collector.js';

let server: Server;
let url: string;
let answer: (request: IncomingMessage, response: ServerResponse) => void;
beforeAll(async () => {
  server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
});

/** Resolves when the request has ended on the side of the server. */
const observe = (service: string, status: number, client: (url: string) => Promise<unknown>): Promise<{ status: number }> => new Promise((resolve) => {
  answer = (request, response) => {
    const observed = new ObservedRequest(service, request.method!, request.headers);
    observed.route = '/studies/:study';
    observed.onceEnded(response, resolve);
    observed.passOn(request.headers);
    response.writeHead(status, { 'x-passed-on': request.headers.traceparent ?? '' });
    if (request.url === '/slow') response.flushHeaders();
    else response.end('x');
  };
  void client(url);
});

describe('ObservedRequest', () => {
  it('given an answer, then it is counted and timed by method, route template, service and status', async () => {
    await observe('test-answered', 200, (at) => fetch(`${at}/studies/1.2.3`));
    const page = await renderMetrics();
    expect(page).toMatch(/http_requests_total\{service="test-answered",method="GET",route="\/studies\/:study",status="200"\} 1/);
    expect(page).toMatch(/http_request_duration_seconds_count\{service="test-answered",method="GET",route="\/studies\/:study",status="200"\} 1/);
  });

  it('given a client that leaves, then the status is 499', async () => {
    const leaving = new AbortController();
    expect(await observe('test-left', 200, (at) => fetch(`${at}/slow`, { signal: leaving.signal }).then(() => leaving.abort()))).toMatchObject({ status: 499 });
  });

  it('given traces, then a span of the server with its route and status, below that of the caller, and passed on', async () => {
    const collector = await startTraceCollector();
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = collector.endpoint;
    const tracing = await startTracing('test', () => undefined as never);
    let passedOn: string | null = null;
    const caller = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await observe('test-traced', 503, async (at) => {
      passedOn = (await fetch(`${at}/studies/1.2.3`, { headers: { traceparent: caller } })).headers.get('x-passed-on');
    });
    await tracing.stop();
    const [span] = collector.spans;
    expect(span).toMatchObject({ name: 'GET /studies/:study', kind: 2, parentSpanId: '00f067aa0ba902b7', status: 2, attributes: { 'http.request.method': 'GET', 'http.route': '/studies/:study', 'http.response.status_code': 503, 'error.type': '503', 'isocenter.service': 'test-traced' } });
    expect(passedOn).toBe(`00-${span!.traceId}-${span!.spanId}-01`);
    expect(collector.bodies.join()).not.toContain('1.2.3');
    await collector.close();
  });
});
