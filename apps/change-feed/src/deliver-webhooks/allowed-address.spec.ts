import { describe, expect, it } from '@jest/globals';
import { allowedAddresses, allowedLookup, requireAllowedHost } from './allowed-address.js';

describe('requireAllowedHost', () => {
  const hosts = ['a.example.org', 'b.example.org:8443', '*.c.example.org'];

  it.each(['https://a.example.org/x', 'http://A.example.org:81/', 'https://b.example.org:8443/', 'https://x.c.example.org/', 'https://x.y.c.example.org:444/'])('given %s, then it is named', (url) => {
    expect(() => requireAllowedHost(new URL(url), { hosts, allowPrivate: false })).not.toThrow();
  });

  it.each(['https://example.org/', 'https://b.example.org/', 'https://c.example.org/', 'https://xa.example.org/', 'https://evilc.example.org/', 'https://a.example.org.evil.net/', 'https://a.example.org./', 'https://evil.net/?a.example.org', 'https://127.0.0.1/'])('given %s, then it is refused, and the setting named', (url) => {
    expect(() => requireAllowedHost(new URL(url), { hosts, allowPrivate: false })).toThrow(/WEBHOOK_HOSTS does not name/);
  });

  it('given no hosts at all, then it says so', () => {
    expect(() => requireAllowedHost(new URL('https://a.example.org/'), { hosts: [], allowPrivate: true })).toThrow(/it names none/);
  });
});

describe('allowedAddresses', () => {
  it('given a public address, then itself', async () => {
    expect(await allowedAddresses('8.8.8.8', { hosts: [], allowPrivate: false })).toEqual([{ address: '8.8.8.8', family: 4 }]);
    expect(await allowedAddresses('[2606:4700::1111]', { hosts: [], allowPrivate: false })).toEqual([{ address: '2606:4700::1111', family: 6 }]);
  });

  it('given a name of this machine, then its addresses when private ones are allowed, else none', async () => {
    await expect(allowedAddresses('localhost', { hosts: [], allowPrivate: false })).rejects.toThrow(/WEBHOOK_ALLOW_PRIVATE/);
    expect((await allowedAddresses('localhost', { hosts: [], allowPrivate: true })).map(({ address }) => address)).toContain('127.0.0.1');
  });
});

describe('allowedLookup', () => {
  const look = (allowPrivate: boolean, all: boolean): Promise<unknown> => new Promise((resolve) => allowedLookup({ hosts: [], allowPrivate })('localhost', { all }, (error, address) => resolve(error ?? address)));

  it('given a connection that asks for all or for one address, then what it is told was checked', async () => {
    expect(await look(true, true)).toEqual(expect.arrayContaining([{ address: '127.0.0.1', family: 4 }]));
    expect(typeof (await look(true, false))).toBe('string');
    expect(await look(false, true)).toMatchObject({ name: 'AddressRefusedError' });
    expect(await look(false, false)).toMatchObject({ name: 'AddressRefusedError' });
  });
});
