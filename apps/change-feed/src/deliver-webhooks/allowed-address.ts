import { lookup as resolve } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { isPublicAddress } from './public-address.js';
import type { WebhookOptions } from './webhook-options.js';

/** Why a host is not called: a sentence that names the setting which decides it. */
export class AddressRefusedError extends Error {
  override readonly name = 'AddressRefusedError';
}

type Allowed = Pick<WebhookOptions, 'hosts' | 'allowPrivate'>;
interface Address { readonly address: string; readonly family: number }

/** Throws AddressRefusedError unless WEBHOOK_HOSTS names the host of the URL. */
export function requireAllowedHost(url: URL, { hosts }: Allowed): void {
  const allowed = hosts.some((host) => (host.startsWith('*.') ? url.hostname.endsWith(host.slice(1)) : host === url.hostname || host === url.host));
  if (!allowed) throw new AddressRefusedError(`WEBHOOK_HOSTS does not name the host '${url.host}'; it names ${hosts.length === 0 ? 'none' : hosts.join(', ')}.`);
}

/** The addresses of a host, or itself when it is one, as far as they may be called. Throws AddressRefusedError when none may. */
export async function allowedAddresses(hostname: string, { allowPrivate }: Allowed): Promise<readonly Address[]> {
  const host = hostname.replace(/^\[|\]$/g, '');
  const family = isIP(host);
  const found = family ? [{ address: host, family }] : await resolve(host, { all: true });
  const allowed = found.filter(({ address }) => allowPrivate || isPublicAddress(address));
  if (allowed.length === 0) throw new AddressRefusedError(`The host '${host}' leads to private addresses only; WEBHOOK_ALLOW_PRIVATE lets them be called.`);
  return allowed;
}

/**
 * The look-up of a connection: what it answers is what is connected to, so no second answer of a name server can lead elsewhere
 * than the one that was checked. Not asked for a host that is an address: see `allowedAddresses`.
 */
export function allowedLookup(options: Allowed): LookupFunction {
  return (hostname, { all }, callback) => {
    allowedAddresses(hostname, options).then(
      (addresses) => (all ? callback(null, [...addresses]) : callback(null, addresses[0]!.address, addresses[0]!.family)),
      (error: NodeJS.ErrnoException) => callback(error, ''),
    );
  };
}
