import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { until } from '../invariants/until.js';
import { newArchiveData, startArchive, type Archive } from '../support/archive.js';
import { instancePath } from '../support/dicomweb-client.js';
import { call, type Answer } from '../support/http-call.js';
import { isSignedWith, startWebhookReceiver, type WebhookReceiver } from '../support/webhook-receiver.js';
import { lastSequence } from './public-topic.js';
import { identityOf, secondaryCapture, smallInstance } from './small-instance.js';
import { given } from './store-request.js';

interface Webhook {
  readonly id: string;
  readonly secret?: string;
  readonly state: string;
  readonly position: number;
  readonly lag: number;
  readonly lastError: string | null;
}

const allowed = { WEBHOOK_HOSTS: '127.0.0.1', WEBHOOK_ALLOW_PRIVATE: 'true', WEBHOOK_ATTEMPTS: '2', WEBHOOK_RETRY_MS: '10' };

const send = (root: string, method: string, path: string, body?: unknown): Promise<Answer> =>
  call(`${root}/v2/webhooks${path}`, { method, ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify(body)) }) });
const webhookOf = ({ body }: Answer): Webhook => JSON.parse(body.toString()) as Webhook;

describe('Webhooks', () => {
  let archive: Archive;
  let receiver: WebhookReceiver;
  beforeAll(async () => {
    archive = await startArchive({ env: allowed });
  });
  afterAll(() => archive.end());
  beforeEach(async () => {
    receiver = await startWebhookReceiver();
  });
  afterEach(async () => {
    for (const { id } of JSON.parse((await send(archive.baseUrl, 'GET', '')).body.toString()) as Webhook[]) await send(archive.baseUrl, 'DELETE', `/${id}`);
    await receiver.close();
  });

  const subscribe = async (more: object = {}): Promise<Webhook> => {
    const answer = await send(archive.baseUrl, 'POST', '', { url: receiver.url, ...more });
    expect([answer.status, answer.status === 201 ? '' : answer.body.toString()]).toEqual([201, '']);
    return webhookOf(answer);
  };
  const storeOne = async (...words: [string, string?, string?]): Promise<ReturnType<typeof identityOf>> => {
    const of = identityOf(...words);
    await given(`${archive.baseUrl}/v2`, [smallInstance(of)]);
    return of;
  };
  const received = (count: number): Promise<void> => until(`${count} deliveries came`, () => receiver.deliveries.length >= count);
  const shown = async (id: string): Promise<Webhook> => webhookOf(await send(archive.baseUrl, 'GET', `/${id}`));

  it('given a subscription, then a store, a replacement and a delete are delivered in order, each a signed CloudEvent', async () => {
    const { secret } = await subscribe();
    const of = await storeOne('webhook life');
    await given(`${archive.baseUrl}/v2`, [smallInstance({ ...of, patientName: 'Second^Version' })], { method: 'PUT' });
    await call(`${archive.baseUrl}/v2${instancePath(of)}`, { method: 'DELETE' });
    await received(3);
    expect(receiver.deliveries.map(({ event }) => [event.type, event.data['imageSopInstanceUid']])).toEqual(['Created', 'Created', 'Deleted'].map((what) => [`Microsoft.HealthcareApis.DicomImage${what}`, of.sopInstanceUid]));
    expect(receiver.deliveries.map((delivery) => isSignedWith(secret!, delivery))).toEqual([true, true, true]);
    expect(receiver.deliveries[0]!.headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
    expect(receiver.deliveries[0]!.event).toMatchObject({ specversion: '1.0', datacontenttype: 'application/json', data: { sopClassUid: secondaryCapture, modality: 'OT', state: 'current' } });
    expect(JSON.stringify(receiver.deliveries)).not.toMatch(/Doe|Second/);
  });

  it('given its life in REST, then 201 with Location and the secret once, 200 without it, 204, and 404 from then on', async () => {
    const made = await send(archive.baseUrl, 'POST', '', { url: receiver.url, filter: { modalities: ['CT'] } });
    const { id, secret } = webhookOf(made);
    expect([made.status, made.headers.location, made.headers['cache-control'], secret]).toEqual([201, `${archive.baseUrl}/v2/webhooks/${id}`, 'no-store', expect.stringMatching(/^whsec_/)]);
    expect(webhookOf(made)).toMatchObject({ url: receiver.url, filter: { modalities: ['CT'] }, state: 'active', lag: 0, lastError: null, createdBy: expect.any(String) });
    const read = await send(archive.baseUrl, 'GET', `/${id}`);
    const list = await send(archive.baseUrl, 'GET', '');
    expect([read.status, list.status, `${read.body.toString()}${list.body.toString()}`.includes(secret!.slice(6))]).toEqual([200, 200, false]);
    const changed = await send(archive.baseUrl, 'PATCH', `/${id}`, { state: 'paused', filter: { actions: ['delete'] } });
    expect([changed.status, webhookOf(changed)]).toEqual([200, expect.objectContaining({ state: 'paused', filter: { actions: ['delete'] } })]);
    expect((await send(archive.baseUrl, 'DELETE', `/${id}`)).status).toBe(204);
    for (const method of ['GET', 'PATCH', 'DELETE']) expect((await send(archive.baseUrl, method, `/${id}`, method === 'PATCH' ? {} : undefined)).status).toBe(404);
    expect(archive.log).not.toContain(secret!.slice(6));
  });

  it('given a receiver that fails, then the change is tried again, then given up to the dead letters, and the next one follows', async () => {
    const { id } = await subscribe();
    receiver.answer((response, { event }) => response.writeHead(event.data['imageSopInstanceUid'] === refused.sopInstanceUid ? 500 : 200).end('Doe^Jane'));
    const refused = identityOf('webhook refused');
    await given(`${archive.baseUrl}/v2`, [smallInstance(refused)]);
    const next = await storeOne('webhook next');
    await received(3);
    expect(receiver.deliveries.map(({ event }) => event.data['imageSopInstanceUid'])).toEqual([refused.sopInstanceUid, refused.sopInstanceUid, next.sopInstanceUid]);
    await until('the webhook has no lag', async () => (await shown(id)).lag === 0);
    expect(await shown(id)).toMatchObject({ state: 'active', lastError: 'The receiver answered 500.' });
    const letters = (await archive.readTopic('isocenter.dead-letters.v1')).filter(({ headers }) => headers['dead-webhook'] === id);
    expect(letters.map(({ key, headers, value }) => [key, headers['dead-reason'], (JSON.parse(value) as { imageSopInstanceUid: string }).imageSopInstanceUid])).toEqual([[`Microsoft.Default/${refused.studyInstanceUid}`, 'The receiver answered 500.', refused.sopInstanceUid]]);
    expect((await Promise.all(archive.metricsUrls.map(async (url) => (await call(url)).body.toString()))).join('')).toMatch(/webhook_deliveries_total\{[^}]*outcome="given-up"[^}]*\} 1/);
  });

  it('given a position, then it begins behind that sequence, and again when it is set back', async () => {
    await storeOne('webhook position', 'a');
    await storeOne('webhook position', 'b');
    const last = await lastSequence(archive);
    const { id } = await subscribe({ position: last - 1 });
    await received(1);
    await until('the webhook has no lag', async () => (await shown(id)).lag === 0);
    expect((await send(archive.baseUrl, 'PATCH', `/${id}`, { position: last - 2 })).status).toBe(200);
    await received(3);
    expect(receiver.deliveries.map(({ event }) => Number(event.id))).toEqual([last, last - 1, last]);
  });

  it('given a pause, then nothing comes until it is over, and then what was missed', async () => {
    const { id } = await subscribe({ state: 'paused' });
    const other = await startWebhookReceiver();
    await send(archive.baseUrl, 'POST', '', { url: other.url });
    const of = await storeOne('webhook pause');
    await until('the other webhook has it', () => other.deliveries.length === 1);
    expect(receiver.deliveries).toEqual([]);
    await send(archive.baseUrl, 'PATCH', `/${id}`, { state: 'active' });
    await received(1);
    expect(receiver.deliveries[0]!.event.data['imageSopInstanceUid']).toBe(of.sopInstanceUid);
    await other.close();
  });

  it.each([
    ['a host that is not named', { url: 'https://example.org/hook' }, /'url' is refused\. WEBHOOK_HOSTS does not name the host 'example\.org'; it names 127\.0\.0\.1\./], ['no URL', {}, /'url' is missing/], ['a member that nobody knows', { url: 'http://127.0.0.1/', retries: 3 }, /'retries' is not known/],
    ['a position in the future', { url: 'http://127.0.0.1/', position: 1e9 }, /'position' is 1000000000; the newest change has the sequence/], ['no object', [], /no JSON object/],
  ])('given %s, then 400 that says what is allowed', async (_, body, text) => {
    const answer = await send(archive.baseUrl, 'POST', '', body);
    expect([answer.status, answer.body.toString()]).toEqual([400, expect.stringMatching(text)]);
  });

  it('given a body that is not JSON, or broken, then 415 and 400', async () => {
    const post = async (contentType: string, body: string): Promise<number> => (await call(`${archive.baseUrl}/v2/webhooks`, { method: 'POST', headers: { 'content-type': contentType }, body: Buffer.from(body) })).status;
    expect([await post('text/plain', '{}'), await post('application/json', '{'), (await call(`${archive.baseUrl}/v2/webhooks`, { method: 'POST' })).status]).toEqual([415, 400, 415]);
  });

  it('given other roots or a partition, then there is no such resource', async () => {
    for (const path of ['/v1/webhooks', '/dicom-web/webhooks', '/v2/partitions/a/webhooks']) expect((await call(`${archive.baseUrl}${path}`)).status).toBe(404);
  });
});

describe('Webhooks and where they may lead', () => {
  const refusalOf = async (env: Record<string, string>, url: string): Promise<[number, string]> => {
    const archive = await startArchive({ env, replicas: 1 });
    try {
      const { status, body } = await send(archive.baseUrl, 'POST', '', { url });
      return [status, body.toString()];
    } finally {
      await archive.end();
    }
  };

  it('given no setting, then every subscription is refused by a text that names it', async () => {
    expect(await refusalOf({}, 'https://example.org/')).toEqual([400, expect.stringContaining('WEBHOOK_HOSTS names no host')]);
  });

  it('given hosts of this machine but no leave for private addresses, then refused by a text that names the setting', async () => {
    expect(await refusalOf({ WEBHOOK_HOSTS: '127.0.0.1,localhost,[::1]' }, 'http://localhost:9464/metrics')).toEqual([400, expect.stringContaining('WEBHOOK_ALLOW_PRIVATE')]);
  });
});

describe('Webhooks and restarts', () => {
  it('given kill -9 while deliveries are made, then the next process goes on: each change at least once, in order, none missing', async () => {
    const data = await newArchiveData();
    const receiver = await startWebhookReceiver();
    try {
      const count = 60;
      const killed = await startArchive({ data, env: allowed });
      await send(killed.baseUrl, 'POST', '', { url: receiver.url });
      receiver.answer((response) => setTimeout(() => response.writeHead(204).end(), 5));
      for (let at = 0; at < count; at += 1) await given(`${killed.baseUrl}/v2`, [smallInstance(identityOf('webhook kill', 'series', String(at)))]);
      await until('some deliveries came', () => receiver.deliveries.length >= 5);
      for (const { name, pid } of killed.processes) if (name.startsWith('change-feed') || name === 'standalone') process.kill(pid, 'SIGKILL');
      await killed.stop();
      const next = await startArchive({ data, env: allowed });
      await until('all deliveries came', () => new Set(receiver.deliveries.map(({ event }) => event.id)).size === count);
      const ids = receiver.deliveries.map(({ event }) => Number(event.id));
      const first = ids.filter((id, at) => ids.indexOf(id) === at);
      expect(first).toEqual(Array.from({ length: count }, (_none, at) => at + 1));
      await next.end();
    } finally {
      await receiver.close();
      await data.remove();
    }
  });
});
