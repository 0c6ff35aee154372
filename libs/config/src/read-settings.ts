import { relative, resolve } from 'node:path';
import { isLoopback } from './loopback.js';
import { type App, type Setting, type Settings, settingsOf } from './settings-table.js';
import { SettingsError } from './settings-error.js';
import { type StoragePlace } from './storage-places.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads and checks every setting that concerns the app; the error lists all that are wrong or missing at once. */
export function readSettings<A extends App>(app: A, env: Environment = process.env): Settings<A> {
  const faults: string[] = [];
  const missing: string[] = [];
  const values: Record<string, unknown> = {};
  for (const [key, row] of settingsOf(app)) {
    const given = env[row.name]?.trim();
    if (given !== undefined && given !== '') values[key] = parseOne(row, given, faults);
    else if (row.neededBy.includes(app)) missing.push(`${row.name} (${row.text})`);
    else values[key] = row.standard();
  }
  if (missing.length > 0) faults.push(`${app} needs what is not set:\n${missing.map((one) => `      ${one}`).join('\n')}`);
  faults.push(...checkTogether(app, values));
  if (faults.length > 0) throw new SettingsError(faults);
  // Every key of the app was set in the loop; a value that failed is never seen, because faults throw.
  return Object.freeze(values) as unknown as Settings<A>;
}

function parseOne(row: Setting<unknown>, given: string, faults: string[]): unknown {
  try {
    return row.parse(given);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    faults.push(`${row.name} is ${row.secret ? 'not valid' : JSON.stringify(given)}; allowed: ${error.message}. ${row.text}.`);
    return row.standard();
  }
}

/** What one setting alone cannot say. Values of other apps are absent. */
function checkTogether(app: App, values: Readonly<Record<string, unknown>>): string[] {
  const urls = (['ingestUrl', 'indexUrl', 'retrieveUrl', 'renderUrl', 'changeFeedUrl'] as const).flatMap((key) => (values[key] as readonly string[] | undefined) ?? []);
  return [
    ...(app === 'standalone' || app === 'gateway' ? checkAccess(values) : []),
    ...allOrNone(values, { serviceTlsCert: 'SERVICE_TLS_CERT', serviceTlsKey: 'SERVICE_TLS_KEY', serviceTlsCa: 'SERVICE_TLS_CA' }),
    ...allOrNone(values, { kafkaTlsCert: 'KAFKA_TLS_CERT', kafkaTlsKey: 'KAFKA_TLS_KEY' }),
    ...allOrNone(values, { kafkaSaslMechanism: 'KAFKA_SASL_MECHANISM', kafkaSaslUsername: 'KAFKA_SASL_USERNAME', kafkaSaslPassword: 'KAFKA_SASL_PASSWORD' }),
    ...(values.serviceTlsCert !== undefined && urls.some((url) => url.startsWith('http:')) ? ['SERVICE_TLS_CERT is set, so the services speak TLS, but an address of one begins with http://; allowed then: https://.'] : []),
    ...(values.s3Sse === 'kms' && values.s3SseKmsKey === undefined ? ['S3_SSE is "kms", but S3_SSE_KMS_KEY does not say with which key.'] : []),
    ...placesOf(values, 'exportDestinations').flatMap((place) => checkPlace(`EXPORT_DESTINATIONS has the destination "${place.name}", which is`, place, values)),
    ...placesOf(values, 'importSources').flatMap((place) => checkPlace(`IMPORT_SOURCES has the source "${place.name}", which is`, place, values)),
  ];
}

/** Only what the public can reach has to know who asks: a service answers its gateway alone, wherever it is bound. */
function checkAccess({ host, apiKeysFile }: Readonly<Record<string, unknown>>): string[] {
  if (isLoopback(String(host)) || apiKeysFile !== undefined) return [];
  return [
    `HOST is "${String(host)}", which other machines can reach, and no authentication is configured. ` +
      'Set API_KEYS_FILE to a file of API keys (`npm run key` makes one), or HOST to 127.0.0.1.',
  ];
}

function placesOf(values: Readonly<Record<string, unknown>>, key: 'exportDestinations' | 'importSources'): readonly StoragePlace[] {
  return (values[key] as readonly StoragePlace[] | undefined) ?? [];
}

/** What is exported does not come among what is stored, and what is stored is not imported. */
function checkPlace(whose: string, place: StoragePlace, { dataDir, s3Endpoint, s3Bucket }: Readonly<Record<string, unknown>>): string[] {
  if (place.type === 's3') return place.endpoint === s3Endpoint && place.bucket === s3Bucket ? [`${whose} the bucket of the archive itself, S3_BUCKET. Name another bucket.`] : [];
  if (dataDir === undefined) return [];
  const data = resolve(String(dataDir));
  return isWithin(place.folder, data) || isWithin(data, place.folder) ? [`${whose} a folder inside DATA_DIR or around it. Name a folder beside it.`] : [];
}

function isWithin(path: string, folder: string): boolean {
  return !/^\.\.(\/|$)/.test(relative(folder, path));
}

/** Settings that say nothing without each other. */
function allOrNone(values: Readonly<Record<string, unknown>>, names: Readonly<Record<string, string>>): string[] {
  const absent = Object.keys(names).filter((key) => values[key] === undefined);
  if (absent.length === 0 || absent.length === Object.keys(names).length) return [];
  return [`${Object.values(names).join(', ')} belong together, but not set: ${absent.map((key) => names[key]).join(', ')}. Set all of them or none.`];
}
