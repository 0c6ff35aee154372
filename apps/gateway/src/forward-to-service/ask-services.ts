import type { Service } from '@isocenter/http';
import type { HealthDetail, HealthReport } from '@isocenter/service-process';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { text } from 'node:stream/consumers';
import type { Replica, Replicas } from './replicas.js';

const ANSWER_MS = 2_500;

/** What the services say of their dependencies, each once, unhealthy when it is so for one of them; and the services that say nothing. */
export async function askServices(services: Readonly<Record<Service, Replicas>>): Promise<readonly HealthDetail[]> {
  const details = new Map<string, HealthDetail>();
  const reports = await Promise.all(Object.entries(services).map(async ([service, replicas]) => ({ service, report: await askOne(replicas).catch((error: Error) => error) })));
  for (const { service, report } of reports) {
    const said = report instanceof Error ? [{ name: service, status: 'Unhealthy', description: 'no answer' } as const] : report.details;
    for (const detail of said) if (detail.status === 'Unhealthy' || !details.has(detail.name)) details.set(detail.name, detail);
  }
  return [...details.values()];
}

async function askOne(replicas: Replicas): Promise<HealthReport> {
  let problem: unknown;
  for (const replica of replicas.inTurn()) {
    try {
      return JSON.parse(await text(await get(replica, '/health/check'))) as HealthReport;
    } catch (error) {
      problem = error;
    }
  }
  throw problem;
}

function get({ address: { hostname, port, tls, secure } }: Replica, path: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const asked = (secure ? httpsRequest : httpRequest)({ hostname, port, path, ...tls, agent: false, signal: AbortSignal.timeout(ANSWER_MS) });
    asked.on('response', resolve).on('error', reject).end();
  });
}
