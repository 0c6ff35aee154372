import { pathOf } from '@isocenter/http';
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface HealthCheck {
  readonly name: string;
  /** Rejects with what is wrong. */
  readonly check: () => Promise<void>;
  /** Whether nothing at all can be served without it. What a part of the requests can do without is shown, but does not keep the others away. */
  readonly needed: boolean;
}

export interface HealthDetail {
  readonly name: string;
  readonly status: 'Healthy' | 'Unhealthy';
  readonly description: string;
}

export interface HealthReport {
  readonly overallStatus: HealthDetail['status'];
  readonly details: readonly HealthDetail[];
}

/**
 * `/health/live`: the process answers. `/health/ready`: it can serve. `/health/check`: every dependency, as the Azure
 * dialect has it. All without credentials, none with data.
 */
export class Health {
  /** `starting`: not yet, it waits for what it needs; `stopping`: it serves what it has, but wants nothing new. */
  state: 'starting' | 'serving' | 'stopping' = 'starting';

  /** `others`: what other processes say of their dependencies. */
  constructor(private readonly checks: readonly HealthCheck[], private readonly others: () => Promise<readonly HealthDetail[]> = async () => []) {}

  readonly handle = (request: IncomingMessage, response: ServerResponse): void => {
    const path = pathOf(request.url).toLowerCase();
    if (path === '/health/live') return answer(response, 200, { status: 'live' });
    if (path === '/health/ready') return void this.ready().then((status) => answer(response, status === 'ready' ? 200 : 503, { status }));
    if (path === '/health/check') return void this.report().then((report) => answer(response, report.overallStatus === 'Healthy' ? 200 : 503, report));
    return answer(response, 404, 'The health pages are /health/live, /health/ready and /health/check.');
  };

  private async ready(): Promise<string> {
    if (this.state !== 'serving') return this.state;
    const details = await detailsOf(this.checks.filter(({ needed }) => needed));
    return details.every(isHealthy) ? 'ready' : 'not ready';
  }

  private async report(): Promise<HealthReport> {
    const details = (await Promise.all([detailsOf(this.checks), this.others()])).flat();
    return { overallStatus: details.every(isHealthy) ? 'Healthy' : 'Unhealthy', details };
  }
}

/** A dependency that says nothing for so long is away, whatever its client still hopes for. */
const CHECK_MS = 3_000;

export function detailsOf(checks: readonly HealthCheck[]): Promise<readonly HealthDetail[]> {
  return Promise.all(checks.map(async ({ name, check }): Promise<HealthDetail> => {
    try {
      await within(CHECK_MS, check());
      return { name, status: 'Healthy', description: 'available' };
    } catch (error) {
      return { name, status: 'Unhealthy', description: error instanceof Error ? error.name : 'not available' };
    }
  }));
}

async function within(ms: number, checking: Promise<void>): Promise<void> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new NoAnswer()), ms);
  try {
    await Promise.race([checking, late]);
  } finally {
    clearTimeout(timer);
  }
}

class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

function isHealthy({ status }: HealthDetail): boolean {
  return status === 'Healthy';
}

function answer(response: ServerResponse, status: number, body: object | string): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const type = typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json';
  response.writeHead(status, { 'content-type': type, 'content-length': Buffer.byteLength(text), 'cache-control': 'no-store', ...(status === 503 && { 'retry-after': '5' }) }).end(text);
}
