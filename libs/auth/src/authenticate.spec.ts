import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Unauthorized } from '@isocenter/http';
import { createLogger } from '@isocenter/telemetry';
import { anonymous, authenticateByKey, createAuthenticator, digestKey, KeysFileError, newKey, openKeysFile } from './index.js';

const key = newKey();
const entry = { name: 'engine', sha256: digestKey(key), permissions: ['read', 'write'], partitions: ['*'] };
const lines: string[] = [];
const log = createLogger({ level: 'info', service: 'test', destination: { write: (line) => void lines.push(line) } });
let folder: string;
let path: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keys-'));
  path = join(folder, 'keys.json');
  await writeFile(path, JSON.stringify({ keys: [entry] }));
});
afterEach(() => rm(folder, { recursive: true }));

describe('createAuthenticator', () => {
  it.each(['127.0.0.1', '::1', 'localhost'])('given no keys file and HOST %s, then anybody has every permission', async (host) => {
    const authenticate = await createAuthenticator({ host, apiKeysFile: undefined }, log);
    expect(authenticate(undefined)).toBe(anonymous);
  });

  it('given no keys file and another host, then it refuses', async () => {
    await expect(createAuthenticator({ host: '0.0.0.0', apiKeysFile: undefined }, log)).rejects.toThrow(/API_KEYS_FILE/);
  });

  it('given a keys file on loopback, then nobody is anonymous', async () => {
    const authenticate = await createAuthenticator({ host: '127.0.0.1', apiKeysFile: path }, log);
    expect(() => authenticate(undefined)).toThrow(Unauthorized);
  });

  it.each([`${key}`, `Bearer ${key}`, `bearer ${key}`, `BEARER   ${key} `])('given the key as "%s", then the principal is that of its entry', async (authorization) => {
    const authenticate = await createAuthenticator({ host: '0.0.0.0', apiKeysFile: path }, log);
    expect(authenticate(authorization)).toEqual({ name: 'engine', permissions: ['read', 'write'], partitions: ['*'] });
  });

  it.each([undefined, '', ' ', 'Bearer', 'Bearer ', `Basic ${key}`, `Bearer ${key} x`, `Bearer ${key}x`, entry.sha256, `Bearer ${newKey()}`, 'x'.repeat(10_000)])(
    'given "%s", then it is unauthorized with a challenge, and the text does not repeat it', async (authorization) => {
      const authenticate = await createAuthenticator({ host: '0.0.0.0', apiKeysFile: path }, log);
      const failed = (() => {
        try {
          return authenticate(authorization);
        } catch (error) {
          return error;
        }
      })();
      expect(failed).toBeInstanceOf(Unauthorized);
      expect(failed).toMatchObject({ status: 401, headers: { 'www-authenticate': 'Bearer' } });
      expect(String(failed)).not.toContain(key);
    });
});

describe('openKeysFile', () => {
  it('given a file that changes, then the next look takes the new keys', async () => {
    const file = await openKeysFile(path, log);
    const authenticate = authenticateByKey(file);
    const other = newKey();
    await writeFile(`${path}.new`, JSON.stringify({ keys: [{ ...entry, sha256: digestKey(other) }] }));
    await rename(`${path}.new`, path);
    await file.refresh();
    expect(authenticate(other).name).toBe('engine');
    expect(() => authenticate(key)).toThrow(Unauthorized);
  });

  it('given a look that is overdue, then asking for the keys starts it', async () => {
    let time = 0;
    const file = await openKeysFile(path, log, () => time);
    await writeFile(path, JSON.stringify({ keys: [] }));
    expect(file.current().size).toBe(1);
    time = 10_000;
    while (file.current().size === 1) await new Promise((resolve) => setImmediate(resolve));
    expect(file.current().size).toBe(0);
  });

  it('given a file that breaks later, then the keys stay and the log says so', async () => {
    const file = await openKeysFile(path, log);
    await writeFile(path, '{ broken');
    await file.refresh();
    expect(file.current().size).toBe(1);
    expect(lines.at(-1)).toContain('stay as they were');
  });

  it.each([
    ['no JSON', '{', /not JSON/],
    ['no list', '{"keys": {}}', /list of keys/],
    ['faults', JSON.stringify({ keys: [{ name: '', sha256: 'x', permissions: ['all'], partitions: [] }, entry, entry] }), /keys\[0\]: name[^]*sha256[^]*read, write, delete, admin[^]*partitions[^]*same name[^]*same sha256/],
  ])('given a file with %s at the start, then it refuses and says what is allowed', async (_case, text, message) => {
    await writeFile(path, text);
    await expect(openKeysFile(path, log)).rejects.toThrow(KeysFileError);
    await expect(openKeysFile(path, log)).rejects.toThrow(message);
  });

  it('given no file at the start, then it refuses and names the setting', async () => {
    await expect(openKeysFile(join(folder, 'none'), log)).rejects.toThrow(/API_KEYS_FILE/);
  });
});
