import { randomBytes } from 'node:crypto';
import { hostName, oneOf, type Parse, secretOf, text, wholeNumber } from './parse-value.js';

/** One row of the table: what a setting is called, what it may be, and what it is for. */
export interface Setting<T> {
  readonly name: string;
  /** Taken when the variable is absent or empty. */
  readonly standard: () => T;
  readonly parse: Parse<T>;
  /** Never printed. */
  readonly secret: boolean;
  readonly text: string;
}

const MiB = 1024 ** 2;
const hour = 3_600_000;

function setting<T>(name: string, standard: T, parse: Parse<T>, text: string): Setting<T> {
  return { name, standard: () => standard, parse, secret: false, text };
}

/** Every setting, in the order in which they are printed. */
export const settingsTable = {
  host: setting('HOST', '127.0.0.1', hostName, 'Address on which the server listens; anything but loopback needs authentication'),
  port: setting('PORT', 8080, wholeNumber(0, 65_535), 'Port of the public HTTP server; 0 takes a free one'),
  dataDir: setting('DATA_DIR', './data', text, 'Folder of the standalone profile: objects, log and metadata'),
  metricsPort: setting('METRICS_PORT', 9464, wholeNumber(0, 65_535), 'Port of the Prometheus page; 0 turns it off'),
  apiKeysFile: setting<string | undefined>('API_KEYS_FILE', undefined, text, 'JSON file with the digests and permissions of the API keys'),
  serviceSecret: {
    name: 'SERVICE_SECRET',
    standard: () => randomBytes(32).toString('base64url'),
    parse: secretOf(32),
    secret: true,
    text: 'What the gateway shows to a service; random in standalone when absent, the same for all processes of a cluster',
  } satisfies Setting<string>,
  logLevel: setting('LOG_LEVEL', 'info', oneOf<LogLevel>('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'), 'Least level that is logged'),
  maxUploadBytes: setting('MAX_UPLOAD_BYTES', 4096 * MiB, wholeNumber(1), 'Largest store request outside /v1 and /v2, where it is always 4 GiB'),
  maxParts: setting('MAX_PARTS', 10_000, wholeNumber(1, 1_000_000), 'Most parts of one store request'),
  maxConcurrentUploads: setting('MAX_CONCURRENT_UPLOADS', 64, wholeNumber(1, 10_000), 'Store requests read at the same time; one more gets 503'),
  bufferBudgetBytes: setting('BUFFER_BUDGET_BYTES', 128 * MiB, wholeNumber(16 * MiB), 'Bytes of all request buffers of the process together'),
  maxHeaderBytes: setting('MAX_HEADER_BYTES', 64 * MiB, wholeNumber(MiB), 'Largest DICOM header of one instance: all that stands before the pixel data'),
  storeDeadlineMs: setting('STORE_DEADLINE_MS', 10_000, wholeNumber(100, 600_000), 'Milliseconds after which an undecided store is voided and answered 503'),
  deleteGraceMs: setting('DELETE_GRACE_MS', 24 * hour, wholeNumber(0), 'Milliseconds for which objects of deleted versions are kept; longer than any read lasts'),
  journalIntervalMs: setting('JOURNAL_INTERVAL_MS', 5_000, wholeNumber(100, hour), 'Milliseconds after which an open journal segment is closed'),
};

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';

/** The checked settings of a process, by the keys of the table. */
export type Settings = { readonly [K in keyof typeof settingsTable]: ReturnType<(typeof settingsTable)[K]['standard']> };
