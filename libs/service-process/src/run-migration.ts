import { readSettings, redactSettings, type App, type Settings } from '@isocenter/config';
import type { Service } from '@isocenter/http';
import { ByteBudget } from '@isocenter/object-store';
import { createLogger } from '@isocenter/telemetry';
import { randomBytes } from 'node:crypto';
import { failProcess, type MendableErrors } from './fail-process.js';
import { openingPorts } from './opening-ports.js';
import type { PortName, ServiceDefinition } from './service-definition.js';

/** Nothing is stored by a migration. */
const BUDGET_BYTES = 16 * 1024 ** 2;

class ToldToEnd extends Error {
  override readonly name = 'ToldToEnd';
  constructor() {
    super('It was told to end before the servers were there. Run it again when they are; until then nothing is lost.');
  }
}

/**
 * `main.js migrate`: opens what the service would open, which creates the topics, the schema and the bucket where they are
 * not there yet, and ends with 0. It waits for servers that are away until it is told to end.
 */
export async function runMigration<A extends Service & App, P extends PortName>(definition: ServiceDefinition<A, P>, mendable: MendableErrors): Promise<void> {
  const fail = failProcess(`isocenter ${definition.name} migrate`, [...mendable, ToldToEnd]);
  const stopping = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stopping.abort());
  try {
    // Nobody asks a migration anything, so it needs no secret that a gateway shows.
    const settings = readSettings(definition.name, { ...process.env, SERVICE_SECRET: randomBytes(32).toString('base64url') });
    const log = createLogger({ level: (settings as Settings<App>).logLevel, service: definition.name });
    log.info({ settings: redactSettings(definition.name, settings) }, 'migrating');
    const ports = openingPorts(definition, settings, new ByteBudget(BUDGET_BYTES), log);
    await ports.open(stopping.signal);
    await ports.close();
    log.info({}, 'topics, schema and bucket are there');
    process.exit(0);
  } catch (error) {
    fail(stopping.signal.aborted ? new ToldToEnd() : error);
  }
}
