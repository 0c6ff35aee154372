import { TOPICS } from '@isocenter/event-log';
import type { WebhookRow } from '@isocenter/metadata-store';
import type { INestApplicationContext } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { setTimeout as pause } from 'node:timers/promises';
import { FeedUnderTest, type Announced } from '../../test/feed-under-test.js';
import { startChangeFeed } from '../../test/start-change-feed.js';
import { isSignedWith, WebhookReceiver } from '../../test/webhook-receiver.js';
import { ManageWebhooks } from '../manage-webhooks/manage-webhooks.js';

interface Shown {
  readonly id: string;
  readonly secret?: string;
  readonly position: number;
  readonly lag: number;
}

// What is looked at once a second takes some on a busy machine.

describe('webhooks', () => {
  let feed: FeedUnderTest;
  let receiver: WebhookReceiver;
  let apps: INestApplicationContext[];
  beforeEach(async () => {
    feed = await FeedUnderTest.open();
    receiver = await WebhookReceiver.start();
    apps = [];
  });
  afterEach(async () => {
    for (const app of apps) await app.close();
    await receiver.close();
    await feed.close();
  });

  const start = async (over = {}): Promise<ManageWebhooks> => {
    const app = await startChangeFeed(feed, over);
    apps.push(app);
    return app.get(ManageWebhooks);
  };
  const subscribe = async (manage: ManageWebhooks, more: object = {}): Promise<Shown> => (await manage.create({ url: receiver.url, position: 0, ...more }, 'admin')).shown as Shown;
  const row = async (): Promise<WebhookRow> => (await feed.store.listWebhooks())[0]!;
  const until = async (isSo: () => Promise<boolean>): Promise<void> => {
    while (!(await isSo())) await pause(5);
  };
  const studies = (count: number, over: Announced = {}): Announced[] => Array.from({ length: count }, (_, at) => ({ study: String(at), ...over }));
  const upTo = (last: number): number[] => Array.from({ length: last }, (_, at) => at + 1);
  const deadLetters = (): { key: string; headers: Record<string, string>; value: string }[] =>
    feed.ports.file.read('SELECT key, headers, value FROM log_records WHERE topic = ? ORDER BY offset', [TOPICS.deadLetters.name]).map(({ key, headers, value }) => ({ key: String(key), headers: JSON.parse(String(headers)) as Record<string, string>, value: Buffer.from(value as Uint8Array).toString() }));

  it('given a subscription, then it gets each change once, in order, as a signed CloudEvent', async () => {
    const { secret } = await subscribe(await start());
    await feed.announce(...studies(30, { detail: { sopClass: '1.2', modality: 'CT', traceparent: 'trace' } }));
    await receiver.until(() => receiver.received.length >= 30);
    expect(receiver.ids).toEqual(upTo(30));
    expect(receiver.received.every((one) => isSignedWith(secret!, one))).toBe(true);
    expect(receiver.received.some((one) => isSignedWith(secret!, { ...one, body: `${one.body} ` }))).toBe(false);
    const { headers, event } = receiver.received[0]!;
    expect(headers).toMatchObject({ traceparent: 'trace', 'content-type': 'application/cloudevents+json; charset=utf-8', 'webhook-id': `${(await row()).id}-1` });
    expect(event).toMatchObject({
      specversion: '1.0', id: '1', source: '//localhost/change-feed', type: 'Microsoft.HealthcareApis.DicomImageCreated', sequence: '0000000000000001', datacontenttype: 'application/json',
      subject: 'localhost/v2/studies/0/series/0.1/instances/0.1.1', data: { imageStudyInstanceUid: '0', sequenceNumber: 1, sopClassUid: '1.2', modality: 'CT' },
    });
    await until(async () => (await row()).position === 30);
  });

  it('given no position, then what is announced from then on', async () => {
    const manage = await start();
    await feed.feed(...studies(3));
    await manage.create({ url: receiver.url }, 'admin');
    await feed.announce(...studies(2));
    await receiver.until(() => receiver.received.length >= 2);
    expect(receiver.ids).toEqual([4, 5]);
  });

  it.each<[object, number[]]>([
    [{ partitions: ['b'] }, [4]], [{ modalities: ['CT', 'PT'] }, [1, 4]], [{ sopClasses: ['1.9'] }, [2]], [{ actions: ['delete'] }, [3]], [{ modalities: ['CT'], partitions: ['Microsoft.Default'] }, [1]], [{}, [1, 2, 3, 4, 5]],
  ])('given the filter %j, then only what it names, and the position passes the rest', async (filter, ids) => {
    await feed.store.commit({ writes: [{ op: 'insert', table: 'partitions', row: { key: 2, name: 'b', createdAt: 'now' } }] });
    await subscribe(await start(), { filter });
    await feed.announce({ detail: { sopClass: '1.2', modality: 'CT' } }, { detail: { sopClass: '1.9', modality: 'MR' } }, { action: 'delete', detail: { sopClass: '1.2' } }, { partition: 2, detail: { sopClass: '1.2', modality: 'CT' } }, { detail: {} });
    await until(async () => (await row())?.position === 5);
    expect(receiver.ids).toEqual(ids);
  });

  it('given a receiver that fails for a while, then the same change is tried again before the next, and what was wrong is told', async () => {
    let fails = 2;
    receiver.answer = (response, { event }) => response.writeHead(event.id === '2' && fails-- > 0 ? 500 : 204).end('secret answer');
    const manage = await start();
    await subscribe(manage);
    await feed.announce(...studies(3));
    await until(async () => (await row()).lastError !== null);
    await until(async () => (await row()).position === 3);
    expect(receiver.ids).toEqual([1, 2, 2, 2, 3]);
    expect(new Set(receiver.received.filter(({ event }) => event.id === '2').map(({ headers, body }) => `${headers['webhook-id'] as string} ${body}`)).size).toBe(1);
    expect((await manage.list())[0]).toMatchObject({ state: 'active', lag: 0, failedAttempts: 0, givenUpInARow: 0, lastError: 'The receiver answered 500.', lastDeliveredAt: expect.any(String) });
    expect(deadLetters()).toEqual([]);
  });

  it('given a change that is refused each time, then it goes to the dead letters, and the next one follows', async () => {
    receiver.answer = (response, { event }) => response.writeHead(event.id === '2' ? 400 : 204).end();
    await subscribe(await start());
    await feed.announce(...studies(3));
    await until(async () => (await row()).position === 3);
    expect(receiver.ids).toEqual([1, 2, 2, 2, 3]);
    expect(deadLetters()).toEqual([{ key: 'Microsoft.Default/1', headers: expect.objectContaining({ ce_id: '2', 'dead-webhook': (await row()).id, 'dead-reason': 'The receiver answered 400.' }), value: expect.stringContaining('"imageStudyInstanceUid":"1"') }]);
    expect(await row()).toMatchObject({ state: 'active', givenUp: 0 });
  });

  it('given a receiver that refuses everything, then the subscription is disabled; made active from a sequence it goes on there', async () => {
    let refuses = true;
    receiver.answer = (response) => response.writeHead(refuses ? 503 : 204).end();
    const manage = await start({ attempts: 1 });
    const { id } = await subscribe(manage);
    await feed.announce(...studies(8));
    await until(async () => (await row()).state === 'disabled');
    expect(await manage.get(id)).toMatchObject({ state: 'disabled', position: 5, lag: 3, givenUpInARow: 5 });
    expect(deadLetters()).toHaveLength(5);
    refuses = false;
    receiver.received.length = 0;
    expect(await manage.update(id, { state: 'active', position: 1 })).toMatchObject({ state: 'active', givenUpInARow: 0 });
    await until(async () => (await row()).position === 8);
    expect(receiver.ids).toEqual([2, 3, 4, 5, 6, 7, 8]);
  });

  it('given a pause, then nothing is sent until it ends, and then nothing is missing', async () => {
    const manage = await start();
    const { id } = await subscribe(manage, { state: 'paused' });
    const other = await WebhookReceiver.start();
    await manage.create({ url: other.url, position: 0 }, 'admin');
    await feed.announce(...studies(3));
    await other.until(() => other.received.length === 3);
    expect(receiver.ids).toEqual([]);
    await manage.update(id, { state: 'active' });
    await receiver.until(() => receiver.received.length === 3);
    expect(receiver.ids).toEqual([1, 2, 3]);
    await other.close();
  });

  it('given a change by a person while an attempt is under way, then that attempt does not undo it', async () => {
    const held = Promise.withResolvers<void>();
    receiver.answer = async (response) => {
      await held.promise;
      response.writeHead(204).end();
    };
    const manage = await start();
    const { id } = await subscribe(manage);
    await feed.announce(...studies(3));
    await receiver.until(() => receiver.received.length === 1);
    await manage.update(id, { position: 2 });
    held.resolve();
    await until(async () => (await row()).position === 3);
    expect(receiver.ids).toEqual([1, 3]);
  });

  it('given a receiver that does not answer, then the other subscriptions do not wait for it', async () => {
    receiver.answer = () => undefined;
    const manage = await start();
    await subscribe(manage);
    const other = await WebhookReceiver.start();
    await manage.create({ url: other.url, position: 0 }, 'admin');
    await feed.announce(...studies(50));
    await other.until(() => other.received.length === 50);
    expect(receiver.ids.every((one) => one === 1)).toBe(true);
    await apps.pop()!.close();
    await other.close();
  });

  it('given a restart, then it goes on behind what was delivered', async () => {
    await subscribe(await start());
    await feed.announce(...studies(3));
    await until(async () => (await row()).position === 3);
    await apps.pop()!.close();
    await feed.announce(...studies(2));
    await start();
    await receiver.until(() => receiver.received.length === 5);
    expect(receiver.ids).toEqual(upTo(5));
  });

  it('given several replicas, then one delivers', async () => {
    const [manage] = [await start(), await start(), await start()];
    await subscribe(manage!);
    await feed.announce(...studies(20));
    await until(async () => (await row()).position === 20);
    expect(receiver.ids).toEqual(upTo(20));
  });

  it('given one that is removed, then nothing more is sent', async () => {
    receiver.answer = (response) => response.writeHead(500).end();
    const manage = await start({ attempts: 100 });
    const { id } = await subscribe(manage);
    await feed.announce(...studies(3));
    await receiver.until(() => receiver.received.length === 2);
    await manage.remove(id);
    await expect(manage.get(id)).rejects.toMatchObject({ status: 404 });
    expect(receiver.ids.every((one) => one === 1)).toBe(true);
  });

  it('given a secret that is given, made or made anew, then it is shown once if it was made, never again, and it signs', async () => {
    const given = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    const manage = await start();
    expect(await subscribe(manage, { secret: given })).not.toHaveProperty('secret');
    const { id } = (await manage.list())[0] as Shown;
    await feed.announce({});
    await receiver.until(() => receiver.received.length === 1);
    expect(isSignedWith(given, receiver.received[0]!)).toBe(true);
    const { secret } = (await manage.update(id, { secret: null })) as Shown;
    expect(secret).toMatch(/^whsec_/);
    expect(JSON.stringify([await manage.list(), await manage.get(id)])).not.toContain('whsec_');
    await feed.announce({});
    await receiver.until(() => receiver.received.length === 2);
    expect(isSignedWith(secret!, receiver.received[1]!)).toBe(true);
  });
});
