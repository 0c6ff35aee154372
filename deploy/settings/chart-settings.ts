import { apps, type Setting, settingsOf, settingsTable } from '@isocenter/config';
import { describeSetting } from './describe-setting.js';

/** What the chart gives by values of its own, from secrets and from the names of its services (templates/_env.tpl). */
const GIVEN_BY_CHART: ReadonlySet<string> = new Set([
  'PORT', 'METRICS_PORT', 'API_KEYS_FILE', 'RESULT_CACHE_DIR', 'SERVICE_SECRET', 'SERVICE_TLS_CERT', 'SERVICE_TLS_KEY', 'SERVICE_TLS_CA', 'INGEST_URL', 'INDEX_URL', 'RETRIEVE_URL', 'RENDER_URL', 'CHANGE_FEED_URL',
  'KAFKA_TLS_CA', 'KAFKA_TLS_CERT', 'KAFKA_TLS_KEY', 'KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD', 'MONGODB_URL', 'S3_ACCESS_KEY', 'S3_SECRET_KEY', 'EXPORT_DESTINATIONS', 'IMPORT_SOURCES',
]);

export const distributedApps = apps.filter((app) => app !== 'standalone');

/** The rows that a process of the distributed profile has. */
const rows = Object.values(settingsTable as Readonly<Record<string, Setting<unknown>>>).filter((row) => row.apps.some((app) => app !== 'standalone'));
const free = rows.filter(({ name }) => !GIVEN_BY_CHART.has(name));

/** Text of helm/isocenter/files/settings.json: which process has which settings, and what the free ones that are needed mean. Throws when a secret would be a value. */
export function chartSettings(): string {
  const open = free.find(({ secret }) => secret);
  if (open) throw new Error(`${open.name} is a secret: let templates/_env.tpl take it from one, and name it in GIVEN_BY_CHART.`);
  return json({
    apps: Object.fromEntries(distributedApps.map((app) => [app, settingsOf(app).map(([, { name }]) => name)])),
    needed: Object.fromEntries(free.filter(({ neededBy }) => neededBy.length > 0).map(({ name, text }) => [name, text])),
  });
}

/** The chart's values.schema.json with the settings of the table in the place of those that it has. */
export function withSettings(schema: string): string {
  const parsed = JSON.parse(schema) as { properties: { settings: { properties: object } } };
  parsed.properties.settings.properties = Object.fromEntries(free.map((row) => [row.name, describeSetting(row).schema]));
  return json(parsed);
}

function json(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
