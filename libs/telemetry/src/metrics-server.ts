import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { renderMetrics } from './metrics.js';
import { observeProcess } from './process-metrics.js';

export interface MetricsServer {
  /** The port that was taken; 0 when the page is off. */
  readonly port: number;
  close(): Promise<void>;
}

/** Serves `/metrics` on a port of its own, so that it is never public by accident. Port 0 is off. */
export async function startMetrics({ host, port }: { readonly host: string; readonly port: number }): Promise<MetricsServer> {
  if (port === 0) return { port: 0, close: () => Promise.resolve() };
  const server = createServer((request, response) => {
    if (request.method !== 'GET' || request.url?.split('?')[0] !== '/metrics') {
      response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('The metrics are at GET /metrics.');
      return;
    }
    renderMetrics().then(
      (page) => response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(page),
      () => response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' }).end('The metrics could not be collected.'),
    );
  });
  await listen(server, host, port);
  server.unref();
  const stopObserving = observeProcess();
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      stopObserving();
      server.closeAllConnections();
      return new Promise((resolve, reject) => server.close((error) => (error ? reject(error) : resolve())));
    },
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new Error(`METRICS_PORT ${port} is taken on ${host}. Set METRICS_PORT to a free port, or to 0.`, { cause: error }) : error);
    });
    server.listen(port, host, resolve);
  });
}
