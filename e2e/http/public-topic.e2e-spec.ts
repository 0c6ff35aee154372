import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Random } from '../support/random.js';
import { until } from '../invariants/until.js';
import { newArchiveData, startArchive, type Archive, type ArchiveData } from '../support/archive.js';
import { instancePath } from '../support/dicomweb-client.js';
import { call } from '../support/http-call.js';
import { completeTopic, consumeTopic, lastSequence } from './public-topic.js';
import { identityOf, secondaryCapture, smallInstance } from './small-instance.js';
import { given, store } from './store-request.js';

const upTo = (last: number): number[] => Array.from({ length: last }, (_none, at) => at + 1);

describe('Public topic', () => {
  let archive: Archive;
  let v2: string;
  const [stored, replaced, elsewhere] = ['stored', 'replaced', 'elsewhere'].map((name) => identityOf(name)) as [ReturnType<typeof identityOf>, ReturnType<typeof identityOf>, ReturnType<typeof identityOf>];
  beforeAll(async () => {
    archive = await startArchive({ env: { SERVICE_HOST_NAME: 'archive.example.org' } });
    v2 = `${archive.baseUrl}/v2`;
    await given(v2, [smallInstance(stored)]);
    await given(v2, [smallInstance(replaced)]);
    await given(v2, [smallInstance({ ...replaced, patientName: 'Second^Version' })], { method: 'PUT' });
    expect((await call(`${v2}${instancePath(stored)}`, { method: 'DELETE' })).status).toBe(204);
    await given(`${v2}/partitions/other`, [smallInstance(elsewhere)]);
  });
  afterAll(() => archive.end());

  it('given a store, a replacement, a delete, then a CloudEvent of each, with the documented data', async () => {
    const { changes } = await completeTopic(archive);
    expect(changes.map(({ headers, data }) => [headers['ce_type'], data.imageSopInstanceUid])).toEqual([
      ['Microsoft.HealthcareApis.DicomImageCreated', stored.sopInstanceUid], ['Microsoft.HealthcareApis.DicomImageCreated', replaced.sopInstanceUid], ['Microsoft.HealthcareApis.DicomImageCreated', replaced.sopInstanceUid],
      ['Microsoft.HealthcareApis.DicomImageDeleted', stored.sopInstanceUid], ['Microsoft.HealthcareApis.DicomImageCreated', elsewhere.sopInstanceUid],
    ]);
    expect(changes[0]).toMatchObject({
      key: `Microsoft.Default/${stored.studyInstanceUid}`,
      headers: { 'content-type': 'application/json', ce_specversion: '1.0', ce_id: '1', ce_source: '//archive.example.org/change-feed', ce_subject: `archive.example.org/v2${instancePath(stored)}`, ce_sequence: '0000000000000001' },
      data: {
        partitionName: 'Microsoft.Default', imageStudyInstanceUid: stored.studyInstanceUid, imageSeriesInstanceUid: stored.seriesInstanceUid, imageSopInstanceUid: stored.sopInstanceUid, serviceHostName: 'archive.example.org',
        sequenceNumber: 1, action: 'create', state: 'current', sopClassUid: secondaryCapture, modality: 'OT',
      },
    });
    expect(changes[2]!.data.replaces).toBe(changes[1]!.data.version);
    expect(changes[3]).toMatchObject({ data: { action: 'delete', state: 'deleted', version: changes[0]!.data.version, modality: 'OT', sopClassUid: secondaryCapture } });
    expect(changes[4]).toMatchObject({ key: `other/${elsewhere.studyInstanceUid}`, headers: { ce_subject: `archive.example.org/v2/partitions/other${instancePath(elsewhere)}` }, data: { partitionName: 'other' } });
  });

  it('given the feed, then the topic has the same changes with the same times, and nothing of a patient', async () => {
    const { changes } = await completeTopic(archive);
    const feed = JSON.parse((await call(`${v2}/changefeed?limit=200&includeMetadata=false`)).body.toString()) as { sequence: number; timestamp: string; action: string }[];
    expect(changes.map(({ headers, data }) => [data.sequenceNumber, headers['ce_time'], data.action])).toEqual(feed.map(({ sequence, timestamp, action }) => [sequence, timestamp, action]));
    expect(JSON.stringify(changes)).not.toMatch(/Doe|Second|Small study|Referring|19700101/);
  });
});

describe('Public topic with CHANGE_FEED_METADATA', () => {
  it('given the setting, then an event carries the DICOM JSON of its version', async () => {
    const archive = await startArchive({ env: { CHANGE_FEED_METADATA: 'true' } });
    try {
      const of = identityOf('with metadata');
      await given(`${archive.baseUrl}/v2`, [smallInstance(of)]);
      const { changes } = await completeTopic(archive);
      const metadata = JSON.parse((await call(`${archive.baseUrl}/v2${instancePath(of)}/metadata`, { headers: { accept: 'application/dicom+json' } })).body.toString()) as unknown[];
      expect(changes[0]!.data['metadata']).toEqual(metadata[0]);
    } finally {
      await archive.end();
    }
  });
});

describe('Public topic, when its publisher is killed', () => {
  let data: ArchiveData;
  beforeAll(async () => {
    data = await newArchiveData();
  });
  afterAll(() => data.remove());

  it('given kill -9 at any moment of many stores, then what was acknowledged is in the topic, each change once or more, none missing, in order', async () => {
    const random = new Random(31);
    const acknowledged = new Set<string>();
    for (let round = 0; round < 4; round += 1) {
      const archive = await startArchive({ data });
      let killed = false;
      const lanes = Array.from({ length: 4 }, async (_none, lane) => {
        for (let at = 0; !killed; at += 1) {
          const of = identityOf(`killed ${lane}`, String(round), String(at));
          const result = await store(`${archive.baseUrl}/dicom-web`, [smallInstance(of)]).catch(() => undefined);
          if (result?.status === 200) acknowledged.add(of.sopInstanceUid);
        }
      });
      const publishers = archive.processes.filter(({ name }) => name.startsWith('change-feed') || name === 'standalone');
      const storedBefore = acknowledged.size;
      while (acknowledged.size < storedBefore + 10 + random.below(30)) await new Promise((resolve) => setImmediate(resolve));
      for (const { pid } of publishers) process.kill(pid, 'SIGKILL');
      killed = true;
      await Promise.all(lanes);
      await archive.stop();
    }
    const archive = await startArchive({ data });
    try {
      let published: ReadonlySet<string> = new Set();
      // What a killed process had begun in the metadata store may hold up the others until the store gives it up.
      await until('the topic has all that was acknowledged', async () => {
        published = new Set((await consumeTopic(archive)).changes.map(({ data: { imageSopInstanceUid } }) => imageSopInstanceUid));
        return [...acknowledged].every((sop) => published.has(sop));
      }, 120_000);
      const { changes } = await completeTopic(archive);
      expect(changes.map(({ data: { sequenceNumber } }) => sequenceNumber)).toEqual(upTo(await lastSequence(archive)));
    } finally {
      await archive.end();
    }
  }, 300_000);
});
