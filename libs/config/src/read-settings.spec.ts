import { describe, expect, it } from '@jest/globals';
import { type App, apps, printSettings, readSettings, SettingsError, settingsOf, settingsTable } from './index.js';

describe('readSettings', () => {
  it('given an empty environment, then every setting has its standard value and the result is frozen', () => {
    const settings = readSettings('standalone', {});
    expect(settings).toMatchObject({ host: '127.0.0.1', port: 8080, dataDir: './data', maxUploadBytes: 4 * 1024 ** 3, apiKeysFile: undefined });
    expect(Object.isFrozen(settings)).toBe(true);
    expect(settings.serviceSecret).not.toBe(readSettings('standalone', {}).serviceSecret);
  });

  it('given an empty variable, then it counts as absent', () => {
    expect(readSettings('standalone', { PORT: ' ' }).port).toBe(8080);
  });

  it('given several wrong settings, then the error names each of them with what is allowed', () => {
    const read = () => readSettings('standalone', { PORT: '70000', LOG_LEVEL: 'loud', SERVICE_SECRET: 'short', HOST: 'http://x' });
    expect(read).toThrow(SettingsError);
    expect(read).toThrow(/PORT is "70000"; allowed: a whole number from 0 to 65535[^]*LOG_LEVEL is "loud"; allowed: one of trace/);
    expect(read).toThrow(/4 settings are wrong/);
  });

  it('given a wrong secret, then the error does not repeat it', () => {
    expect(() => readSettings('standalone', { SERVICE_SECRET: 'hunter2' })).toThrow(/^(?![^]*hunter2)[^]*SERVICE_SECRET is not valid; allowed: at least 32 characters/);
  });

  it.each(['0.0.0.0', '::', 'archive.example.org', '10.0.0.1', '127.example.org'])('given HOST %s and no keys file, then it refuses and names the settings that fix it', (host) => {
    expect(() => readSettings('standalone', { HOST: host })).toThrow(/API_KEYS_FILE[^]*HOST to 127\.0\.0\.1/);
    expect(readSettings('standalone', { HOST: host, API_KEYS_FILE: 'keys.json' }).host).toBe(host);
  });

  it.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('given HOST %s, then no keys file is needed', (host) => {
    expect(readSettings('standalone', { HOST: host }).host).toBe(host);
  });
});

describe('printSettings', () => {
  it('given a secret, then it prints every name but not the secret', () => {
    const secret = 'x'.repeat(40);
    const printed = printSettings('standalone', readSettings('standalone', { SERVICE_SECRET: secret }));
    expect(printed).not.toContain(secret);
    for (const [, row] of settingsOf('standalone')) expect(printed).toContain(`${row.name}=`);
    expect(printed).not.toContain('KAFKA_BROKERS');
  });
});

/** All that the process of a cluster needs. */
const needed: Record<string, string> = {
  SERVICE_SECRET: 's'.repeat(32),
  INGEST_URL: 'http://ingest:8080', INDEX_URL: 'http://index-0:8080, http://index-1:8080/', RETRIEVE_URL: 'http://retrieve:8080', RENDER_URL: 'http://render:8080', CHANGE_FEED_URL: 'http://change-feed:8080',
  KAFKA_BROKERS: 'kafka-0:9092,kafka-1:9092', MONGODB_URL: 'mongodb://user:hunter2@mongo/isocenter', S3_ENDPOINT: 'http://minio:9000', S3_ACCESS_KEY: 'key', S3_SECRET_KEY: 'hunter2', S3_BUCKET: 'dicom',
};
const cluster = apps.filter((app) => app !== 'standalone');

describe('readSettings of a process of a cluster', () => {
  it.each(cluster)('given what %s needs, then it has its own settings and no others, and no secret is printed', (app) => {
    const settings = readSettings(app, { ...needed, HOST: app === 'gateway' ? '127.0.0.1' : '0.0.0.0' });
    expect(Object.keys(settings).sort()).toEqual(settingsOf(app).map(([key]) => key).sort());
    expect(printSettings(app, settings)).not.toContain('hunter2');
  });

  it.each<[App, string[], string[]]>([
    ['gateway', ['SERVICE_SECRET', 'INGEST_URL', 'INDEX_URL', 'RETRIEVE_URL', 'RENDER_URL', 'CHANGE_FEED_URL'], ['MONGODB_URL', 'KAFKA_BROKERS', 'S3_BUCKET']],
    ['ingest', ['SERVICE_SECRET', 'KAFKA_BROKERS', 'MONGODB_URL', 'S3_ENDPOINT', 'S3_ACCESS_KEY', 'S3_SECRET_KEY', 'S3_BUCKET'], ['INGEST_URL']],
    ['index', ['SERVICE_SECRET', 'KAFKA_BROKERS', 'MONGODB_URL'], ['S3_ENDPOINT', 'S3_BUCKET']],
    ['retrieve', ['SERVICE_SECRET', 'MONGODB_URL', 'S3_ENDPOINT'], ['KAFKA_BROKERS']],
  ])('given nothing, when %s starts, then one message names all that it needs', (app, names, others) => {
    const message = messageOf(() => readSettings(app, {}));
    expect(message).toContain('A setting is wrong');
    for (const name of names) expect(message).toContain(`${name} (`);
    for (const name of others) expect(message).not.toContain(`${name} (`);
  });

  it('given a service on a public address, then it needs no keys, but the gateway does', () => {
    expect(readSettings('retrieve', { ...needed, HOST: '0.0.0.0' }).host).toBe('0.0.0.0');
    expect(() => readSettings('gateway', { ...needed, HOST: '0.0.0.0' })).toThrow(/API_KEYS_FILE/);
  });

  it('given hosts for webhooks, then their names as URLs have them', () => {
    expect(readSettings('change-feed', { ...needed, WEBHOOK_HOSTS: 'A.example.org, *.b.example.org,c:8443,[::1]:80' }).webhookHosts).toEqual(['a.example.org', '*.b.example.org', 'c:8443', '[::1]:80']);
  });

  it('given several addresses of a service, then a list without final slashes', () => {
    expect(readSettings('gateway', needed).indexUrl).toEqual(['http://index-0:8080', 'http://index-1:8080']);
  });

  it.each<[App, Record<string, string>, RegExp]>([
    ['gateway', { INGEST_URL: 'http://ingest/path' }, /INGEST_URL is "http:\/\/ingest\/path"; allowed: http/],
    ['ingest', { KAFKA_BROKERS: 'kafka' }, /KAFKA_BROKERS is "kafka"; allowed: host:port/],
    ['ingest', { KAFKA_TLS: 'maybe' }, /KAFKA_TLS is "maybe"; allowed: true or false/],
    ['ingest', { KAFKA_SASL_MECHANISM: 'plain' }, /not set: KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD/],
    ['index', { MONGODB_URL: 'mongodb://user:hunter2@mongo' }, /^(?![^]*hunter2)[^]*MONGODB_URL is not valid; allowed: mongodb:\/\/host:port\/database/],
    ['change-feed', { WEBHOOK_HOSTS: 'a.example.org,https://b.example.org' }, /WEBHOOK_HOSTS is .*; allowed: name, name:port or \*\.domain/],
    ['retrieve', { SERVICE_TLS_CERT: 'a.pem' }, /not set: SERVICE_TLS_KEY, SERVICE_TLS_CA/],
    ['retrieve', { S3_SSE: 'kms' }, /S3_SSE_KMS_KEY/],
    ['gateway', { SERVICE_TLS_CERT: 'a.pem', SERVICE_TLS_KEY: 'a.key', SERVICE_TLS_CA: 'ca.pem' }, /allowed then: https/],
  ])('given %s with %j, then it says what is wrong', (app, env, message) => {
    expect(() => readSettings(app, { ...needed, ...env })).toThrow(message);
  });
});

describe('settingsTable', () => {
  it('then every row concerns somebody, is needed by nobody else, and no two have a name or a key in common', () => {
    for (const { name, apps: concerned, neededBy, text } of Object.values(settingsTable)) {
      expect([name, concerned.length > 0, neededBy.every((app) => (concerned as readonly App[]).includes(app)), text !== '']).toEqual([name, true, true, true]);
    }
    expect(new Set(Object.values(settingsTable).map(({ name }) => name)).size).toBe(Object.keys(settingsTable).length);
  });
});

function messageOf(action: () => unknown): string {
  try {
    action();
    return '';
  } catch (error) {
    return (error as Error).message;
  }
}

describe('VIEWER', () => {
  it.each([[undefined, 'ohif'], ['OHIF', 'ohif'], ['off', 'off'], ['https://viewer.example/ohif/viewer?a=b', 'https://viewer.example/ohif/viewer?a=b']])('given %s, then %s', (VIEWER, expected) => {
    expect(readSettings('standalone', { VIEWER }).viewer).toBe(expected);
  });

  it.each(['none', '/viewer', 'ftp://viewer.example', 'https://user:word@viewer.example', 'https://viewer.example/#x'])('given %s, then it says what is allowed', (VIEWER) => {
    expect(() => readSettings('standalone', { VIEWER })).toThrow(/VIEWER is [^]*allowed: ohif, off, or an http/);
  });
});
