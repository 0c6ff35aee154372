import { randomBytes } from 'node:crypto';
import { addressList, flag, hostName, hostPatterns, httpUrl, httpUrlList, mongoUrl, oneOf, type Parse, secretOf, text, topicPrefix, viewerOf, wholeNumber } from './parse-value.js';
import { showPlaces, type StoragePlace, storagePlaces } from './storage-places.js';

/** Every process that there is; `standalone` is all services in one. */
export const apps = ['standalone', 'gateway', 'ingest', 'index', 'retrieve', 'render', 'change-feed'] as const;
export type App = (typeof apps)[number];

/** One row of the table: what a setting is called, what it may be, whom it concerns and what it is for. */
export interface Setting<T, A extends App = App> {
  readonly name: string;
  /** Who reads and prints it; to the others it does not exist. */
  readonly apps: readonly A[];
  /** Who does not start without it. */
  readonly neededBy: readonly App[];
  /** Taken when the variable is absent or empty, where it is not needed. */
  readonly standard: () => T;
  readonly parse: Parse<T>;
  /** Never printed, and taken from a secret where it is deployed. */
  readonly secret: boolean;
  /** What of a secret may be printed; absent: nothing. */
  show?(value: T): string;
  readonly text: string;
}

const MiB = 1024 ** 2;
const hour = 3_600_000;

/** The processes that the gateway hands requests to. */
const services = ['ingest', 'index', 'retrieve', 'render', 'change-feed'] as const;
const distributed = ['gateway', ...services] as const;
/** Which services use which server. */
const onKafka = ['ingest', 'index', 'change-feed'] as const;
const onMongo = services;
const onS3 = ['ingest', 'retrieve', 'render', 'change-feed'] as const;
const publicly = ['standalone', 'gateway'] as const;
const storing = ['standalone', 'ingest'] as const;
/** Who decodes frames. */
const imaging = ['standalone', 'retrieve', 'render'] as const;
const publishing = ['standalone', 'change-feed'] as const;

function setting<T, const A extends App>(name: string, apps: readonly A[], standard: T, parse: Parse<T>, text: string): Setting<T, A> {
  return { name, apps, neededBy: [], standard: () => standard, parse, secret: false, text };
}

/** One without which those that it concerns do not start: it has no standard value. */
function needed<T, const A extends App>(name: string, apps: readonly A[], parse: Parse<T>, text: string): Setting<T, A> {
  // The standard of a needed setting is never seen: its absence is a fault.
  return { ...setting(name, apps, undefined as T, parse, text), neededBy: apps };
}

function secret<T, A extends App>(row: Setting<T, A>): Setting<T, A> {
  return { ...row, secret: true };
}

const optional = undefined as string | undefined;
const none: readonly string[] = [];
const nowhere: readonly StoragePlace[] = [];

/** Every setting, in the order in which they are printed. */
export const settingsTable = {
  host: setting('HOST', apps, '127.0.0.1', hostName, 'Address on which the server listens; of the gateway and of standalone, anything but loopback needs authentication'),
  port: setting('PORT', apps, 8080, wholeNumber(0, 65_535), 'Port of the HTTP server; 0 takes a free one'),
  dataDir: setting('DATA_DIR', ['standalone'], './data', text, 'Folder of the standalone profile: objects, log and metadata'),
  metricsPort: setting('METRICS_PORT', apps, 9464, wholeNumber(0, 65_535), 'Port of the Prometheus page; 0 turns it off'),
  apiKeysFile: setting('API_KEYS_FILE', publicly, optional, text, 'JSON file with the digests and permissions of the API keys'),
  viewer: setting('VIEWER', publicly, 'ohif', viewerOf, 'What /viewer is: the viewer of the optional package @ohif/app, nothing, or the way to another viewer, which gets the query'),
  serviceSecret: {
    name: 'SERVICE_SECRET',
    apps,
    neededBy: distributed,
    standard: () => randomBytes(32).toString('base64url'),
    parse: secretOf(32),
    secret: true,
    text: 'What the gateway shows to a service: the same for all processes of a cluster; random in standalone when absent',
  } satisfies Setting<string>,
  serviceTlsCert: setting('SERVICE_TLS_CERT', distributed, optional, text, 'PEM file with the certificate of this process for TLS between the gateway and the services; with SERVICE_TLS_KEY and SERVICE_TLS_CA'),
  serviceTlsKey: setting('SERVICE_TLS_KEY', distributed, optional, text, 'PEM file with the key of SERVICE_TLS_CERT'),
  serviceTlsCa: setting('SERVICE_TLS_CA', distributed, optional, text, 'PEM file with the authority that signed the certificates of the gateway and of the services; a service answers only who shows one of it'),
  ingestUrl: needed('INGEST_URL', ['gateway'], httpUrlList, 'Address of the service ingest, or of its replicas, separated by commas'),
  indexUrl: needed('INDEX_URL', ['gateway'], httpUrlList, 'Address of the service index, or of its replicas, separated by commas'),
  retrieveUrl: needed('RETRIEVE_URL', ['gateway'], httpUrlList, 'Address of the service retrieve, or of its replicas, separated by commas'),
  renderUrl: needed('RENDER_URL', ['gateway'], httpUrlList, 'Address of the service render, or of its replicas, separated by commas'),
  changeFeedUrl: needed('CHANGE_FEED_URL', ['gateway'], httpUrlList, 'Address of the service change-feed, or of its replicas, separated by commas'),
  kafkaBrokers: needed('KAFKA_BROKERS', onKafka, addressList, 'Brokers as host:port, separated by commas; some of them are enough'),
  kafkaTls: setting('KAFKA_TLS', onKafka, false, flag, 'Whether brokers are spoken to by TLS'),
  kafkaTlsCa: setting('KAFKA_TLS_CA', onKafka, optional, text, 'PEM file with the authority that signed the brokers\' certificates; those of the system when absent'),
  kafkaTlsCert: setting('KAFKA_TLS_CERT', onKafka, optional, text, 'PEM file with the client certificate that is shown to brokers'),
  kafkaTlsKey: setting('KAFKA_TLS_KEY', onKafka, optional, text, 'PEM file with the key of KAFKA_TLS_CERT'),
  kafkaSaslMechanism: setting<SaslMechanism | undefined, (typeof onKafka)[number]>('KAFKA_SASL_MECHANISM', onKafka, undefined, oneOf<SaslMechanism>('plain', 'scram-sha-256', 'scram-sha-512'), 'How this process proves to brokers who it is; not at all when absent'),
  kafkaSaslUsername: setting('KAFKA_SASL_USERNAME', onKafka, optional, text, 'Name for KAFKA_SASL_MECHANISM'),
  kafkaSaslPassword: secret(setting('KAFKA_SASL_PASSWORD', onKafka, optional, text, 'Password for KAFKA_SASL_MECHANISM')),
  kafkaTopicPrefix: setting('KAFKA_TOPIC_PREFIX', onKafka, '', topicPrefix, 'What stands before the names of topics and consumer groups, for several archives on one cluster'),
  kafkaReplication: setting('KAFKA_REPLICATION', onKafka, 3, wholeNumber(1, 32), 'Replicas of a topic that is created'),
  kafkaMinInsync: setting('KAFKA_MIN_INSYNC', onKafka, 2, wholeNumber(1, 32), 'Replicas that must have a record before it counts as written, of a topic that is created'),
  mongodbUrl: secret(needed('MONGODB_URL', onMongo, mongoUrl, 'Connection string of the MongoDB replica set, with the database in its path')),
  s3Endpoint: needed('S3_ENDPOINT', onS3, httpUrl, 'Address of MinIO or another S3'),
  s3Region: setting('S3_REGION', onS3, 'us-east-1', text, 'Region of the bucket'),
  s3AccessKey: needed('S3_ACCESS_KEY', onS3, text, 'Name of the key for S3'),
  s3SecretKey: secret(needed('S3_SECRET_KEY', onS3, text, 'The key for S3')),
  s3Bucket: needed('S3_BUCKET', onS3, text, 'Bucket of the objects; it is created when it does not exist'),
  s3Sse: setting<S3Encryption, (typeof onS3)[number]>('S3_SSE', onS3, 'off', oneOf<S3Encryption>('off', 'aes256', 'kms'), 'Encryption that the store does itself: with its own key, or with the one of S3_SSE_KMS_KEY'),
  s3SseKmsKey: setting('S3_SSE_KMS_KEY', onS3, optional, text, 'Name of the key for S3_SSE=kms'),
  logLevel: setting('LOG_LEVEL', apps, 'info', oneOf<LogLevel>('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'), 'Least level that is logged'),
  maxUploadBytes: setting('MAX_UPLOAD_BYTES', storing, 4096 * MiB, wholeNumber(1), 'Largest store request outside /v1 and /v2, where it is always 4 GiB'),
  maxParts: setting('MAX_PARTS', storing, 10_000, wholeNumber(1, 1_000_000), 'Most parts of one store request'),
  maxConcurrentUploads: setting('MAX_CONCURRENT_UPLOADS', storing, 64, wholeNumber(1, 10_000), 'Store requests read at the same time; one more gets 503'),
  bufferBudgetBytes: setting('BUFFER_BUDGET_BYTES', storing, 128 * MiB, wholeNumber(16 * MiB), 'Bytes of all request buffers of the process together'),
  maxHeaderBytes: setting('MAX_HEADER_BYTES', storing, 64 * MiB, wholeNumber(MiB), 'Largest DICOM header of one instance: all that stands before the pixel data'),
  storeDeadlineMs: setting('STORE_DEADLINE_MS', [...storing, 'index'], 10_000, wholeNumber(100, 600_000), 'Milliseconds after which an undecided store or delete is voided and answered 503'),
  deleteGraceMs: setting('DELETE_GRACE_MS', [...storing, 'index'], 24 * hour, wholeNumber(0), 'Milliseconds for which objects of deleted versions, and objects that nothing refers to, are kept; longer than any read lasts'),
  journalIntervalMs: setting('JOURNAL_INTERVAL_MS', ['standalone', 'change-feed'], 5_000, wholeNumber(100, hour), 'Milliseconds after which an open journal segment is closed'),
  serviceHostName: setting('SERVICE_HOST_NAME', publishing, 'localhost', hostName, 'Name under which the archive is known: source, subject and serviceHostName of its events'),
  changeFeedMetadata: setting('CHANGE_FEED_METADATA', publishing, false, flag, 'Whether events of the public topic carry the DICOM JSON of their instance, which is patient data'),
  webhookHosts: setting('WEBHOOK_HOSTS', publishing, none, hostPatterns, 'Hosts that webhooks may call, separated by commas: name, name:port or *.domain; none turns webhooks off'),
  webhookAllowPrivate: setting('WEBHOOK_ALLOW_PRIVATE', publishing, false, flag, 'Whether webhooks may call private, link-local and loopback addresses'),
  webhookTimeoutMs: setting('WEBHOOK_TIMEOUT_MS', publishing, 10_000, wholeNumber(100, 60_000), 'Milliseconds that one call of a webhook may take'),
  webhookAttempts: setting('WEBHOOK_ATTEMPTS', publishing, 15, wholeNumber(1, 100), 'Calls that fail until a change goes to the dead letters and the next one follows'),
  webhookRetryMs: setting('WEBHOOK_RETRY_MS', publishing, 1_000, wholeNumber(1, 600_000), 'Milliseconds until the second call; twice as long each time, at most ten minutes'),
  imageThreads: setting('IMAGE_THREADS', imaging, 2, wholeNumber(1, 64), 'Threads that decode, encode and render frames, each with one frame at a time'),
  imageQueue: setting('IMAGE_QUEUE', imaging, 256, wholeNumber(1, 10_000), 'Requests that may wait for such a thread; one more gets 503'),
  imageMaxPixels: setting('IMAGE_MAX_PIXELS', imaging, 128 * MiB, wholeNumber(1, 1024 * MiB), 'Pixels of the largest frame that is decoded; rendering or transcoding a larger one gets 406'),
  resultCacheBytes: setting('RESULT_CACHE_BYTES', imaging, 1024 * MiB, wholeNumber(0), 'Bytes on the disk of pictures and transcoded frames that are kept until their instance is replaced or deleted, those used last; 0 keeps none'),
  resultCacheDir: setting('RESULT_CACHE_DIR', imaging, optional, text, 'Folder for what RESULT_CACHE_BYTES keeps, of which nothing is needed after a restart; below DATA_DIR, or of the folder for temporary files, when absent'),
  warmThumbnails: setting('WARM_THUMBNAILS', ['standalone', 'render'], false, flag, 'Whether thumbnails of series are made and kept before anybody asks, while nothing else is to be decoded'),
  exportDestinations: {
    ...secret(setting('EXPORT_DESTINATIONS', ['standalone', 'retrieve'], nowhere, storagePlaces('destination'), 'Where exports may go, as a JSON list with keys and secrets in it; clients name one by its name. None turns exports off')),
    show: showPlaces,
  },
  importSources: {
    ...secret(setting('IMPORT_SOURCES', storing, nowhere, storagePlaces('source'), 'What may be imported from, as a JSON list with keys and secrets in it; clients name one by its name. None turns imports off')),
    show: showPlaces,
  },
  changeFeedRetentionMs: setting('CHANGE_FEED_RETENTION_MS', onKafka, 0, wholeNumber(0), 'Milliseconds for which the public topic keeps its records, when it is created; 0: for ever'),
};

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent';
export type SaslMechanism = 'plain' | 'scram-sha-256' | 'scram-sha-512';
export type S3Encryption = 'off' | 'aes256' | 'kms';

type Table = typeof settingsTable;
export type SettingKey = keyof Table;
type AppsOf<Row> = Row extends { readonly apps: readonly (infer A)[] } ? A : never;
type KeysOf<A extends App> = { [K in SettingKey]: [A] extends [AppsOf<Table[K]>] ? K : never }[SettingKey];
type Values = { readonly [K in SettingKey]: ReturnType<Table[K]['standard']> };

/** The checked settings of a process by the keys of the table; of a union of apps those that all of them have. */
export type Settings<A extends App = 'standalone'> = Pick<Values, KeysOf<A>>;

/** The rows that concern an app, in order. */
export function settingsOf(app: App): [SettingKey, Setting<unknown>][] {
  return (Object.entries(settingsTable) as [SettingKey, Setting<unknown>][]).filter(([, row]) => row.apps.includes(app));
}
