import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { instancePath } from '../support/dicomweb-client.js';
import { call, type Answer } from '../support/http-call.js';
import { profile, startArchive, type Archive } from '../support/archive.js';
import { identityOf, smallInstance } from './small-instance.js';
import { given, store } from './store-request.js';

let archive: Archive;
let v2: string;
let web: string;

const there = identityOf('there');

beforeAll(async () => {
  archive = await startArchive();
  [v2, web] = [`${archive.baseUrl}/v2`, `${archive.baseUrl}/dicom-web`] as [string, string];
  await given(v2, [smallInstance(there)]);
});
afterAll(() => archive.end());

const health = (page: string): Promise<Answer> => call(`${archive.baseUrl}/health/${page}`);
const report = ({ body }: Answer): { overallStatus: string; details: { name: string; status: string; description: string }[] } => JSON.parse(body.toString()) as ReturnType<typeof report>;

/** Every call on the objects fails while the steps run. */
const withoutObjects = async (steps: () => Promise<void>): Promise<void> => {
  const bringBack = await archive.takeObjectsAway();
  try {
    await steps();
  } finally {
    await bringBack();
  }
};

describe('Health', () => {
  it('given all is well, then 200 with each dependency', async () => {
    const answer = await health('check');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toContain('application/json');
    const { overallStatus, details } = report(answer);
    expect(overallStatus).toBe('Healthy');
    expect(details.map(({ name, status }) => [name, status])).toEqual([['EventLog', 'Healthy'], ['MetadataStore', 'Healthy'], ['ObjectStore', 'Healthy']]);
    for (const { description } of details) expect(typeof description).toBe('string');
  });

  it.each(['live', 'ready', 'Ready', 'LIVE', 'check?x=1'])('given /health/%s, then 200, not to be cached', async (page) => {
    const { status, headers } = await health(page);
    expect([status, headers['cache-control']]).toEqual([200, 'no-store']);
  });

  it.each(['nothing', ''])('given /health/%s, then 404', async (page) => {
    expect((await health(page)).status).toBe(404);
  });
});

describe('While the object store is away', () => {
  it('given /health/check and /health/ready, then 503 that says which dependency, and the process still lives', async () => {
    await withoutObjects(async () => {
      const answer = await health('check');
      expect(answer.status).toBe(503);
      const { overallStatus, details } = report(answer);
      expect(overallStatus).toBe('Unhealthy');
      expect(details.map(({ name, status }) => [name, status])).toEqual([['EventLog', 'Healthy'], ['MetadataStore', 'Healthy'], ['ObjectStore', 'Unhealthy']]);
      // A gateway stays ready: whoever would take it away would take away what the other services still answer.
      expect((await health('ready')).status).toBe(profile === 'stack' ? 200 : 503);
      expect((await health('live')).status).toBe(200);
    });
    expect((await health('check')).status).toBe(200);
  });

  it('given a store, then 424 under /v2 and 503 under /dicom-web with Retry-After, and afterwards it works without a restart', async () => {
    const of = identityOf('away');
    await withoutObjects(async () => {
      const refused = await store(v2, [smallInstance(of)]);
      expect([refused.status, refused.headers['retry-after']]).toEqual([424, expect.stringMatching(/^\d+$/)]);
      const refusedWeb = await store(web, [smallInstance(of)]);
      expect([refusedWeb.status, refusedWeb.headers['retry-after']]).toEqual([503, expect.stringMatching(/^\d+$/)]);
    });
    expect((await store(v2, [smallInstance(of)])).status).toBe(200);
  });

  it('given a retrieve of bytes, then 424 under /v2 and 503 under /dicom-web with Retry-After', async () => {
    await withoutObjects(async () => {
      for (const path of [instancePath(there), `${instancePath(there)}/frames/1`, `/studies/${there.studyInstanceUid}`]) {
        const refused = await call(`${v2}${path}`);
        expect([path, refused.status, refused.headers['retry-after']]).toEqual([path, 424, expect.stringMatching(/^\d+$/)]);
        expect([path, (await call(`${web}${path}`)).status]).toEqual([path, 503]);
      }
    });
    expect((await call(`${v2}${instancePath(there)}`)).status).toBe(200);
  });

  it('given reads that do not need it, then they keep working', async () => {
    await withoutObjects(async () => {
      for (const path of ['/studies', `/studies/${there.studyInstanceUid}/metadata`, '/changefeed', '/partitions']) expect([path, (await call(`${v2}${path}`)).status]).toEqual([path, 200]);
    });
  });

  it('given a delete, then it works, because the object goes later', async () => {
    const of = identityOf('deleted while away');
    await given(v2, [smallInstance(of)]);
    await withoutObjects(async () => {
      expect((await call(`${v2}${instancePath(of)}`, { method: 'DELETE' })).status).toBe(204);
    });
  });
});
