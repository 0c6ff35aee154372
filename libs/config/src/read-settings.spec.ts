import { describe, expect, it } from '@jest/globals';
import { printSettings, readSettings, SettingsError, settingsTable } from './index.js';

describe('readSettings', () => {
  it('given an empty environment, then every setting has its standard value and the result is frozen', () => {
    const settings = readSettings({});
    expect(settings).toMatchObject({ host: '127.0.0.1', port: 8080, dataDir: './data', maxUploadBytes: 4 * 1024 ** 3, apiKeysFile: undefined });
    expect(Object.isFrozen(settings)).toBe(true);
    expect(settings.serviceSecret).not.toBe(readSettings({}).serviceSecret);
  });

  it('given an empty variable, then it counts as absent', () => {
    expect(readSettings({ PORT: ' ' }).port).toBe(8080);
  });

  it('given several wrong settings, then the error names each of them with what is allowed', () => {
    const read = () => readSettings({ PORT: '70000', LOG_LEVEL: 'loud', SERVICE_SECRET: 'short', HOST: 'http://x' });
    expect(read).toThrow(SettingsError);
    expect(read).toThrow(/PORT is "70000"; allowed: a whole number from 0 to 65535[^]*LOG_LEVEL is "loud"; allowed: one of trace/);
    expect(read).toThrow(/4 settings are wrong/);
  });

  it('given a wrong secret, then the error does not repeat it', () => {
    expect(() => readSettings({ SERVICE_SECRET: 'hunter2' })).toThrow(/^(?![^]*hunter2)[^]*SERVICE_SECRET is not valid; allowed: at least 32 characters/);
  });

  it.each(['0.0.0.0', '::', 'archive.example.org', '10.0.0.1', '127.example.org'])('given HOST %s and no keys file, then it refuses and names the settings that fix it', (host) => {
    expect(() => readSettings({ HOST: host })).toThrow(/API_KEYS_FILE[^]*HOST to 127\.0\.0\.1/);
    expect(readSettings({ HOST: host, API_KEYS_FILE: 'keys.json' }).host).toBe(host);
  });

  it.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('given HOST %s, then no keys file is needed', (host) => {
    expect(readSettings({ HOST: host }).host).toBe(host);
  });
});

describe('printSettings', () => {
  it('given a secret, then it prints every name but not the secret', () => {
    const secret = 'x'.repeat(40);
    const printed = printSettings(readSettings({ SERVICE_SECRET: secret }));
    expect(printed).not.toContain(secret);
    for (const row of Object.values(settingsTable)) expect(printed).toContain(`${row.name}=`);
  });
});
