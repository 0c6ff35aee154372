import { pathOf } from '@isocenter/http';
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface HealthCheck {
  readonly name: string;
  /** Rejects with what is wrong. */
  readonly check: () => Promise<void>;
}

interface Detail {
  readonly name: string;
  readonly status: 'Healthy' | 'Unhealthy';
  readonly description: string;
}

/**
 * `/health/live`: the process answers. `/health/ready`: it can serve. `/health/check`: every dependency, as the Azure
 * dialect has it. All without credentials, none with data.
 */
export class Health {
  /** Set while the process stops: it serves what it has, but wants nothing new. */
  stopping = false;

  constructor(private readonly checks: readonly HealthCheck[]) {}

  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    const path = pathOf(request.url).toLowerCase();
    if (path === '/health/live') return answer(response, 200, { status: 'live' });
    if (path !== '/health/ready' && path !== '/health/check') return answer(response, 404, 'The health pages are /health/live, /health/ready and /health/check.');
    this.details().then((details) => {
      const healthy = details.every(({ status }) => status === 'Healthy');
      const status = healthy && !this.stopping ? 200 : 503;
      if (path === '/health/ready') answer(response, status, { status: this.stopping ? 'stopping' : healthy ? 'ready' : 'not ready' });
      else answer(response, healthy ? 200 : 503, { overallStatus: healthy ? 'Healthy' : 'Unhealthy', details });
    }, () => answer(response, 503, { status: 'not ready' }));
  };

  private details(): Promise<Detail[]> {
    return Promise.all(this.checks.map(async ({ name, check }): Promise<Detail> => {
      try {
        await check();
        return { name, status: 'Healthy', description: 'available' };
      } catch (error) {
        return { name, status: 'Unhealthy', description: error instanceof Error ? error.name : 'not available' };
      }
    }));
  }
}

function answer(response: ServerResponse, status: number, body: object | string): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const type = typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json';
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text), 'cache-control': 'no-store', ...(status === 503 && { 'retry-after': '5' }) }).end(text);
}
