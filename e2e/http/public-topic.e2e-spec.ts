import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
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

describe('Events of each kind', () => {
  const of = identityOf('each kind');
  const first = smallInstance(of);
  const second = smallInstance({ ...of, patientName: 'Second^Version' });
  let archive: Archive;
  let changes: Awaited<ReturnType<typeof completeTopic>>['changes'];
  let updated: Buffer;
  beforeAll(async () => {
    archive = await startArchive({ env: { SERVICE_HOST_NAME: 'archive.example.org' } });
    const v2 = `${archive.baseUrl}/v2`;
    await given(v2, [first]);
    await given(v2, [second], { method: 'PUT' });
    const body = Buffer.from(JSON.stringify({ studyInstanceUids: [of.studyInstanceUid], changeDataset: { PatientName: { vr: 'PN', Value: [{ Alphabetic: 'Third^Version' }] } } }));
    const { headers } = await call(`${v2}/studies/$bulkUpdate`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    await until('it is updated', async () => (await call(headers.location!)).status === 200);
    updated = (await call(`${v2}${instancePath(of)}`, { headers: { accept: 'application/dicom; transfer-syntax=*' } })).body;
    expect((await call(`${v2}${instancePath(of)}`, { method: 'DELETE' })).status).toBe(204);
    ({ changes } = await completeTopic(archive));
  });
  afterAll(() => archive.end());

  /** All that the data of the n-th event have, and nothing else: the members that the Azure service documents, and ours. */
  const dataOf = (sequenceNumber: number, ours: object): object => ({
    partitionName: 'Microsoft.Default', imageStudyInstanceUid: of.studyInstanceUid, imageSeriesInstanceUid: of.seriesInstanceUid, imageSopInstanceUid: of.sopInstanceUid, serviceHostName: 'archive.example.org', sequenceNumber,
    timestamp: changes[sequenceNumber - 1]!.headers['ce_time'], version: expect.any(String), sopClassUid: secondaryCapture, modality: 'OT', ...ours,
  });
  const stored = (bytes: Buffer): object => ({ state: 'current', transferSyntaxUid: '1.2.840.10008.1.2.1', sizeBytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
  const shown = (sequence: number): unknown[] => [changes[sequence - 1]!.headers['ce_type'], changes[sequence - 1]!.data];
  const versionOf = (sequence: number): string => changes[sequence - 1]!.data.version;

  it('given a store, then DicomImageCreated with the documented data', () => {
    expect(shown(1)).toEqual(['Microsoft.HealthcareApis.DicomImageCreated', dataOf(1, { action: 'create', ...stored(first) })]);
  });

  it('given a PUT of what is stored already, then DicomImageCreated, which says what it replaces', () => {
    expect(shown(2)).toEqual(['Microsoft.HealthcareApis.DicomImageCreated', dataOf(2, { action: 'create', replaces: versionOf(1), ...stored(second) })]);
  });

  it('given a bulk update, then DicomImageUpdated, which says what it replaces', () => {
    expect(updated.includes('Third^Version')).toBe(true);
    expect(shown(3)).toEqual(['Microsoft.HealthcareApis.DicomImageUpdated', dataOf(3, { action: 'update', replaces: versionOf(2), ...stored(updated) })]);
  });

  it('given a delete, then one DicomImageDeleted of the version that was there last', () => {
    expect(shown(4)).toEqual(['Microsoft.HealthcareApis.DicomImageDeleted', dataOf(4, { action: 'delete', state: 'deleted', version: versionOf(3) })]);
    expect(changes).toHaveLength(4);
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
      });
      const { changes } = await completeTopic(archive);
      expect(changes.map(({ data: { sequenceNumber } }) => sequenceNumber)).toEqual(upTo(await lastSequence(archive)));
    } finally {
      await archive.end();
    }
  });
});
