import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WebhookReceiver } from '../../test/webhook-receiver.js';
import { EventPoster, type Attempt } from './post-event.js';
import type { WebhookOptions } from './webhook-options.js';

const base: WebhookOptions = { hosts: ['127.0.0.1', 'localhost'], allowPrivate: true, timeoutMs: 5_000, attempts: 1, retryMs: 1 };

describe('EventPoster', () => {
  let receiver: WebhookReceiver;
  let poster: EventPoster | undefined;
  const stopping = new AbortController();
  beforeEach(async () => {
    receiver = await WebhookReceiver.start();
  });
  afterEach(async () => {
    poster?.close();
    poster = undefined;
    await receiver.close();
  });

  const post = (url: string, over: Partial<WebhookOptions> = {}): Promise<Attempt> => {
    poster ??= new EventPoster({ ...base, ...over });
    return poster.post(url, { 'content-type': 'application/cloudevents+json', 'webhook-id': 'x' }, '{"id":"1"}', stopping.signal);
  };
  const failed = (text: string | RegExp): object => ({ kind: 'failed', text: typeof text === 'string' ? text : expect.stringMatching(text) });

  it('given a receiver that takes it, then it is delivered, and the connection is used again', async () => {
    for (let at = 0; at < 5; at += 1) expect(await post(receiver.url)).toEqual({ kind: 'delivered' });
    expect(receiver.received[0]).toMatchObject({ body: '{"id":"1"}', headers: { 'content-type': 'application/cloudevents+json', 'webhook-id': 'x', 'content-length': '10', host: `127.0.0.1:${receiver.port}` } });
    expect(receiver.connections).toBe(1);
  });

  it('given a receiver that closed the kept connection, then the next is delivered all the same', async () => {
    receiver.answer = (response) => response.writeHead(200).end(() => response.socket?.end());
    for (let at = 0; at < 5; at += 1) expect(await post(receiver.url)).toEqual({ kind: 'delivered' });
  });

  it.each([[400, 'The receiver answered 400.'], [410, 'The receiver answered 410.'], [500, 'The receiver answered 500.']])('given an answer %i, then it failed', async (status, text) => {
    receiver.answer = (response) => response.writeHead(status).end('the body says Doe^Jane');
    expect(await post(receiver.url)).toEqual(failed(text));
  });

  it.each([301, 302, 307, 308])('given a redirect %i, then it failed, and the place that it names is not called', async (status) => {
    const other = await WebhookReceiver.start();
    receiver.answer = (response) => response.writeHead(status, { location: other.url }).end();
    expect(await post(receiver.url)).toEqual(failed(`The receiver answered ${status}; redirects are not followed.`));
    expect(other.received).toEqual([]);
    await other.close();
  });

  it('given an answer without end, then it counts by its status, and no more than a little of it is read', async () => {
    let written = 0;
    const closed = Promise.withResolvers<void>();
    receiver.answer = (response) => {
      response.writeHead(200).on('close', closed.resolve);
      const write = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536))) written += 65_536;
      };
      response.on('drain', write);
      write();
    };
    expect(await post(receiver.url)).toEqual({ kind: 'delivered' });
    await closed.promise;
    // What the system buffers on both sides, not what the receiver would send.
    expect(written).toBeLessThan(16 * 1024 ** 2);
  });

  it('given no answer in time, then it failed', async () => {
    receiver.answer = () => undefined;
    expect(await post(receiver.url, { timeoutMs: 100 })).toEqual(failed('There was no answer within 100 ms.'));
  });

  it('given that nobody listens, then it failed', async () => {
    const gone = await WebhookReceiver.start();
    const { url } = gone;
    await gone.close();
    expect(await post(url)).toEqual(failed('The receiver could not be reached (ECONNREFUSED).'));
  });

  it('given that the process stops, then the attempt ends as none', async () => {
    const stop = new AbortController();
    receiver.answer = () => stop.abort();
    poster = new EventPoster(base);
    await expect(poster.post(receiver.url, {}, '{"id":"1"}', stop.signal)).rejects.toThrow();
  });

  it('given a host that the list does not name any more, then it is not called', async () => {
    expect(await post(receiver.url, { hosts: ['example.org'] })).toEqual(failed(`WEBHOOK_HOSTS does not name the host '127.0.0.1:${receiver.port}'; it names example.org.`));
    expect(receiver.connections).toBe(0);
  });

  describe('without leave for private addresses', () => {
    const hosts = ['127.0.0.1', 'localhost', '[::1]', '[::ffff:7f00:1]', '0.0.0.0'];

    it.each([
      ['an address', '127.0.0.1'], ['a name', 'localhost'], ['an address of IPv6', '[::1]'], ['one of IPv4 in IPv6', '[::ffff:127.0.0.1]'], ['a number', '2130706433'], ['octal', '0177.0.0.1'], ['hexadecimal', '0x7f.1'], ['the unspecified one', '0.0.0.0'],
    ])('given this machine as %s, then nothing connects to it', async (_, host) => {
      expect(await post(`http://${host}:${receiver.port}/`, { allowPrivate: false, hosts })).toEqual(failed(/private addresses only; WEBHOOK_ALLOW_PRIVATE/));
      expect(receiver.connections).toBe(0);
    });
  });

  it('given leave for private addresses and a name, then it is called under its name', async () => {
    expect(await post(`http://localhost:${receiver.port}/`)).toEqual({ kind: 'delivered' });
    expect(receiver.received[0]?.headers.host).toBe(`localhost:${receiver.port}`);
  });
});
