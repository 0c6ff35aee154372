import { isLoopback } from '@isocenter/config';
import { externalBaseUrl, Forbidden } from '@isocenter/http';
import type { IncomingMessage } from 'node:http';

const REMEDY = 'Access without API keys is for this machine only; set API_KEYS_FILE to let others in.';

/**
 * While access is anonymous, whoever runs on this machine may read, and a page of any site runs on it too, in the browser.
 * A page is known by its Origin; one that had its own name resolved to this machine, by the Host. Behind a proxy the page
 * is the proxy's own. Throws Forbidden.
 */
export function refuseForeignPages({ headers, socket }: IncomingMessage): void {
  const { host, origin } = headers;
  if (host !== undefined && !isLoopback(hostName(`http://${host}`))) throw new Forbidden(`The Host of the request is not this machine. ${REMEDY}`);
  if (origin === undefined || isLoopback(hostName(origin))) return;
  const own = externalBaseUrl({ headers, encrypted: 'encrypted' in socket, localHost: 'localhost' });
  if (URL.canParse(origin) && new URL(origin).host === new URL(own).host) return;
  throw new Forbidden(`The Origin of the request is a page of another site. ${REMEDY}`);
}

function hostName(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : '';
}
