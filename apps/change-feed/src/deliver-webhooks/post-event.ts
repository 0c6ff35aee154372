import { Agent as HttpAgent, request as requestHttp, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { AddressRefusedError, allowedAddresses, allowedLookup, requireAllowedHost } from './allowed-address.js';
import type { WebhookOptions } from './webhook-options.js';

/** Bytes of an answer that are read, so that its connection can be used again; a longer answer costs the connection. */
const ANSWER_BYTES = 4 * 1024;

/** What became of an attempt; the text says nothing of what was sent or answered but the status. */
export type Attempt = { readonly kind: 'delivered' } | { readonly kind: 'failed'; readonly text: string };

/** Makes the attempts of all subscriptions; its connections lead to addresses that were allowed when they were made. */
export class EventPoster {
  private readonly http: HttpAgent;
  private readonly https: HttpsAgent;

  constructor(private readonly options: WebhookOptions) {
    const lookup = allowedLookup(options);
    this.http = new HttpAgent({ keepAlive: true, timeout: options.timeoutMs, lookup });
    this.https = new HttpsAgent({ keepAlive: true, timeout: options.timeoutMs, lookup });
  }

  close(): void {
    this.http.destroy();
    this.https.destroy();
  }

  /** One POST; no redirect is followed. Rejects only when `stopping` aborts it. */
  async post(target: string, headers: Readonly<Record<string, string>>, body: string, stopping: AbortSignal): Promise<Attempt> {
    const timeout = AbortSignal.timeout(this.options.timeoutMs);
    try {
      const url = new URL(target);
      requireAllowedHost(url, this.options);
      // The look-up is not asked for an address.
      if (isIP(url.hostname.replace(/^\[|\]$/g, ''))) await allowedAddresses(url.hostname, this.options);
      return judge(await this.send(url, headers, body, AbortSignal.any([timeout, stopping])));
    } catch (error) {
      if (stopping.aborted) throw error;
      return { kind: 'failed', text: timeout.aborted ? `There was no answer within ${this.options.timeoutMs} ms.` : describe(error as NodeJS.ErrnoException) };
    }
  }

  private send(url: URL, headers: Readonly<Record<string, string>>, body: string, signal: AbortSignal): Promise<number> {
    return new Promise((resolve, reject) => {
      const encrypted = url.protocol === 'https:';
      const agent = encrypted ? this.https : this.http;
      const request = (encrypted ? requestHttps : requestHttp)(url, { method: 'POST', agent, signal, headers: { ...headers, 'content-length': String(Buffer.byteLength(body)) } });
      request.on('error', (error: NodeJS.ErrnoException) => {
        // The receiver closed a connection that was kept just when it was used again.
        if (request.reusedSocket && error.code === 'ECONNRESET') resolve(this.send(url, headers, body, signal));
        else reject(error);
      });
      request.on('response', (answer) => {
        passOver(answer);
        resolve(answer.statusCode ?? 0);
      });
      request.end(body);
    });
  }
}

function passOver(answer: IncomingMessage): void {
  let bytes = 0;
  answer.on('error', () => undefined).on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > ANSWER_BYTES) answer.destroy();
  });
}

function judge(status: number): Attempt {
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  return { kind: 'failed', text: status >= 300 && status < 400 ? `The receiver answered ${status}; redirects are not followed.` : `The receiver answered ${status}.` };
}

function describe(error: NodeJS.ErrnoException): string {
  return error instanceof AddressRefusedError ? error.message : `The receiver could not be reached (${error.code ?? error.name}).`;
}
