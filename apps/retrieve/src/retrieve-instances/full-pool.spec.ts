import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { encodeFrameTable } from '@isocenter/dicom';
import { createServiceApp, writeContext } from '@isocenter/http';
import { FramePool } from '@isocenter/imaging';
import { NEVER_UPDATED, type Write } from '@isocenter/metadata-store';
import { FilesObjectStore } from '@isocenter/object-store';
import type { ResultCache } from '@isocenter/result-cache';
import { StoredImages, StoredInstances } from '@isocenter/stored-instances';
import { createLogger } from '@isocenter/telemetry';
import { dicomElement, dicomFile, explicitLittleEndian, implicitLittleEndian, openPorts, type OpenPorts } from '@isocenter/testing';
import { Module } from '@nestjs/common';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { CheckInstances } from '../transcode-instance/check-instances.js';
import { TranscodeFrames } from '../transcode-frames/transcode-frames.js';
import { TranscodeInstance } from '../transcode-instance/transcode-instance.js';
import { RetrieveInstances } from './retrieve-instances.js';
import { RetrieveInstancesController } from './retrieve-instances.controller.js';

const secret = 's'.repeat(32);
const rle = '1.2.840.10008.1.2.5';
const context = { requestId: 'r', dialect: 'dicom-web', partition: 'Microsoft.Default', partitionInPath: false, baseUrl: 'http://localhost/dicom-web', principal: { name: 'a', permissions: ['read'], partitions: ['*'] } } as const;
const us = (value: number): Buffer => Buffer.from([value, 0]);
/** 2 x 2 pixels of 8 bits. */
const dataSet = (explicit: boolean): Buffer => Buffer.concat([
  dicomElement(0x00100020, 'LO', 'P1', explicit), dicomElement(0x00280002, 'US', us(1), explicit), dicomElement(0x00280004, 'CS', 'MONOCHROME2', explicit), dicomElement(0x00280010, 'US', us(2), explicit), dicomElement(0x00280011, 'US', us(2), explicit),
  dicomElement(0x00280100, 'US', us(8), explicit), dicomElement(0x00280101, 'US', us(8), explicit), dicomElement(0x00280102, 'US', us(7), explicit), dicomElement(0x00280103, 'US', us(0), explicit), dicomElement(0x7fe00010, 'OW', Buffer.from([1, 2, 3, 4]), explicit),
]);

/** Of an instance of its own study, whose last bytes are its pixels. */
function writesOf(study: string, stored: Buffer): readonly Write[] {
  const of = { partition: 1, study, series: '1.2', sop: '1.3' };
  const metadata = { '00280002': ['US', 1], '00280004': ['CS', 'MONOCHROME2'], '00280010': ['US', 2], '00280011': ['US', 2], '00280100': ['US', 8], '00280101': ['US', 8], '00280102': ['US', 7], '00280103': ['US', 0] };
  return [
    {
      op: 'put', table: 'instances', row: {
        ...of, ordinal: 1, version: study, objectKey: study, size: stored.length, sha256: 'h', transferSyntax: implicitLittleEndian, sopClass: '1.2.840.10008.5.1.4.1.1.7', instanceNumber: null, storedBy: 'me', storedAt: '2026-01-01T00:00:00.000Z', frameCount: 1,
        studySet: 's', seriesSet: 's', attributes: '', ...NEVER_UPDATED,
      },
    },
    {
      op: 'put', table: 'instanceMetadata', row: {
        ...of, version: study, metadataKey: null, marks: Buffer.alloc(0), frameTableKey: null, bulk: '[]',
        metadata: Buffer.from(JSON.stringify({ ...Object.fromEntries(Object.entries(metadata).map(([tag, [vr, value]]) => [tag, { vr, Value: [value] }])), '7FE00010': { vr: 'OW', BulkDataURI: '/bulkdata/7FE00010' } })),
        frameTable: encodeFrameTable({ kind: 'native', frames: 1, offset: stored.length - 4, frameBits: 32, strideBits: 32, inflated: false }),
      },
    },
  ];
}

describe('an instance while every place at the threads for frames is taken', () => {
  const pool = new FramePool({ threads: 1, maxQueued: 1, roomLimitMs: 10 });
  let ports: OpenPorts;
  let objects: FilesObjectStore;
  let service: Awaited<ReturnType<typeof createServiceApp>>;
  let port: number;
  const leave = Promise.withResolvers<void>();
  const busy: Promise<unknown>[] = [];

  const store = async (study: string, bytes: Buffer): Promise<void> => {
    await objects.put(study, bytes);
    await ports.store.commit({ writes: writesOf(study, bytes) });
  };

  beforeAll(async () => {
    ports = await openPorts();
    objects = await FilesObjectStore.open(join(ports.folder, 'objects'));
    const small = dataSet(false);
    const large = Buffer.concat([...Array.from({ length: 20 }, (_, at) => dicomElement(0x00091001 + at, 'UN', Buffer.alloc(60_000), false)), small]);
    for (const [study, elements] of [['1.1', small], ['1.4', large]] as const) await store(study, dicomFile({ transferSyntax: implicitLittleEndian, dataSet: elements }));
    const instances = new StoredInstances(ports.store, objects);
    const images = new StoredImages(instances);
    const transcode = new TranscodeInstance(instances, images, new TranscodeFrames(images, pool, { mayHold: () => false } as unknown as ResultCache));
    const retrieve = new RetrieveInstances(instances, new CheckInstances(images, pool), transcode, pool);
    @Module({ controllers: [RetrieveInstancesController], providers: [{ provide: RetrieveInstances, useValue: retrieve }] })
    class Retrieving {}
    service = await createServiceApp(Retrieving, { service: 'retrieve', serviceSecret: secret, log: createLogger({ level: 'silent', service: 'retrieve' }) });
    await service.app.listen(0, '127.0.0.1');
    ({ port } = service.app.getHttpServer().address() as AddressInfo);
    for (let at = 0; at < 2; at += 1) {
      await pool.takePlace(1);
      busy.push(pool.admit(1, () => leave.promise));
    }
  });
  afterAll(async () => {
    leave.resolve();
    await Promise.all(busy);
    await service.app.close();
    await pool.close();
    await objects.close();
    await ports.close();
  });

  const get = async (path: string, accept: string): Promise<Response> => {
    const headers: Record<string, string> = { accept };
    writeContext(headers, context, secret);
    return fetch(`http://127.0.0.1:${port}${path}`, { headers });
  };

  it.each([['/studies/1.1/series/1.2/instances/1.3', 'application/dicom'], ['/studies/1.1', 'multipart/related; type="application/dicom"']])('given %s as %s, then headers are written anew: that needs no place', async (path, type) => {
    const answer = await get(path, `${type}; transfer-syntax=${explicitLittleEndian}`);
    const body = Buffer.from(await answer.arrayBuffer());
    expect([answer.status, body.includes(dataSet(true))]).toEqual([200, true]);
  });

  it('given that its frames would have to be encoded, then 503 that says when to come again', async () => {
    const answer = await get('/studies/1.1/series/1.2/instances/1.3', `application/dicom; transfer-syntax=${rle}`);
    expect([answer.status, Number(answer.headers.get('retry-after')) > 0]).toEqual([503, true]);
  });

  it.each([['/studies/1.4/series/1.2/instances/1.3', 'application/dicom'], ['/studies/1.4', 'multipart/related; type="application/dicom"']])('given %s as %s, whose header is large and has to be written anew, then 503 as well', async (path, type) => {
    const answer = await get(path, `${type}; transfer-syntax=${explicitLittleEndian}`);
    expect([answer.status, Number(answer.headers.get('retry-after')) > 0]).toEqual([503, true]);
    expect((await get(path, `${type}; transfer-syntax=*`)).status).toBe(200);
  });
});
