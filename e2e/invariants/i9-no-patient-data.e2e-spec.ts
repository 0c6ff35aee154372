import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exchange } from '../http/raw-exchange.js';
import { identityOf, smallInstance } from '../http/small-instance.js';
import { send, store } from '../http/store-request.js';
import { startArchive, type Archive } from '../support/archive.js';
import { element } from '../support/dicom-writer.js';
import { instancePath } from '../support/dicomweb-client.js';
import { call } from '../support/http-call.js';
import { storeContentType } from '../support/multipart.js';
import { manyElementInstance } from '../support/synthetic-instance.js';
import { until } from './until.js';

/** In everything that is a patient's, and nowhere else. */
const marker = 'Qxzwvpatient';
const inOtherForms = [marker, marker.toUpperCase(), marker.toLowerCase(), Buffer.from(marker).toString('base64').slice(0, 14), Buffer.from(marker).toString('hex')];

let archive: Archive;
let baseUrl: string;
beforeAll(async () => {
  archive = await startArchive({ env: { LOG_LEVEL: 'trace', STORE_DEADLINE_MS: '5000' } });
  ({ baseUrl } = archive);
});
afterAll(() => archive.end());

const marked = (name: string, ...more: Buffer[]): Buffer => smallInstance({ ...identityOf('I9 marked', 'series', name), patientId: marker, patientName: `${marker}^Jane`, accessionNumber: marker.slice(0, 12) }, {
  with: [element(0x00081030, 'LO', `Study of ${marker}`), element(0x00104000, 'LT', `Comments on ${marker}`), ...more],
});
const nothingShown = (): void => {
  const lines = archive.log.split('\n');
  expect(lines.filter((line) => inOtherForms.some((form) => line.includes(form)))).toEqual([]);
};

describe('I9 no patient data in logs', () => {
  it('given uploads that succeed, repeat, conflict, warn and fail, then neither output has anything of the patient', async () => {
    const [v1, v2, web] = ['v1', 'v2', 'dicom-web'].map((root) => `${baseUrl}/${root}`) as [string, string, string];
    expect((await store(v2, [marked('a')])).status).toBe(200);
    await store(v2, [marked('a')]);
    await store(v2, [marked('a', element(0x00200013, 'IS', '7'))]);
    await store(web, [marked('a', element(0x00200013, 'IS', '8'))], { method: 'PUT' });
    await store(v2, [marked('warned', element(0x00100030, 'DA', marker), element(0x00080020, 'DA', marker), element(0x00101010, 'AS', marker), element(0x00280008, 'IS', marker))]);
    await store(v1, [marked('warned', element(0x00080020, 'DA', marker))]);
    await store(web, [marked('uid', element(0x0020000e, 'UI', `${marker}!`))]);
    await store(web, [marked('study', element(0x0020000d, 'UI', marker))]);
    await store(web, [marked('other study')], { path: '/studies/1.2.3' });
    await store(web, [marked('cut').subarray(0, 600)]);
    await store(web, [Buffer.from(`${marker} is no DICOM`)]);
    await store(web, [Buffer.concat(manyElementInstance({ ...identityOf('I9 marked', 'series', 'large'), patientName: marker, patientId: marker }, 16_000)), marked('charset', element(0x00080005, 'CS', marker.toUpperCase()))]);
    await send(web, marked('body').subarray(0, 900), `multipart/related; type="application/dicom"; boundary=${marker}`);
    await send(web, marked('type'), `text/plain; name=${marker}`);
    await send(web, Buffer.from(`--x\r\nContent-Type: ${marker}\r\n\r\nx\r\n--x--`), 'multipart/related; boundary=x');
    await send(web, undefined, `${storeContentType}; name=${marker}`);
    nothingShown();
  });

  it('given bulk updates that succeed, fail and are refused, then neither output has anything of the patient, nor has the operation', async () => {
    const { studyInstanceUid } = identityOf('I9 updated');
    const latin = [element(0x00080005, 'CS', 'ISO_IR 100'), element(0x00104000, 'LT', Buffer.from('Über ', 'latin1'))];
    await store(`${baseUrl}/v2`, [smallInstance(identityOf('I9 updated')), smallInstance(identityOf('I9 updated', 'series', 'latin'), { with: latin })]);
    const post = (changeDataset: object): ReturnType<typeof call> => call(`${baseUrl}/v2/studies/$bulkUpdate`, {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: Buffer.from(JSON.stringify({ studyInstanceUids: [studyInstanceUid], changeDataset })),
    });
    expect((await post({ PatientID: { vr: 'LO', Value: [marker.repeat(9)] }, [marker]: null, PatientBirthDate: { vr: 'DA', Value: [marker] } })).status).toBe(400);
    const { headers } = await post({ PatientName: { vr: 'PN', Value: [{ Alphabetic: `${marker}^Люк` }] }, PatientID: { vr: 'LO', Value: [marker] } });
    await until('the operation has ended', async () => (await call(headers.location!)).status === 200);
    const shown = (await call(headers.location!)).body.toString();
    expect(JSON.parse(shown)).toMatchObject({ status: 'failed', results: { instanceUpdated: 1, studyFailed: 1 } });
    expect(inOtherForms.filter((form) => shown.includes(form))).toEqual([]);
    nothingShown();
  });

  it('given searches and reads with it, right and wrong, then neither output has anything of the patient', async () => {
    const paths = [
      `/studies?PatientID=${marker}`, `/studies?PatientName=*${marker}*&fuzzymatching=true`, `/studies?00100020=${marker}`, `/studies?${marker}=1`, `/studies?limit=${marker}`, `/studies?StudyDate=${marker}`, `/studies?PatientID=%zz${marker}`,
      `/studies?includefield=${marker}`, `/studies/${marker}`, `/studies/${marker}/metadata`, `/studies/${marker}^Jane/series`, `/${marker}`, `/studies/1.2/series/${marker}/instances/1`, `${instancePath(identityOf('I9 marked', 'series', 'a'))}/frames/${marker}`,
      `${instancePath(identityOf('I9 marked', 'series', 'a'))}/bulkdata/${marker}`, `${instancePath(identityOf('I9 marked', 'series', 'a'))}/metadata`, instancePath(identityOf('I9 marked', 'series', 'a')), `/changefeed?startTime=${marker}`, '/changefeed', `/changefeed/stream?fromSequence=${marker}`, `/partitions/${marker}/studies`,
    ];
    for (const root of ['/v1', '/v2', '/dicom-web']) for (const path of paths) {
      const { status } = await call(`${baseUrl}${root}${path}`, { headers: { 'user-agent': marker, referer: `http://x/${marker}`, accept: '*/*', 'if-none-match': `"${marker}"`, range: `bytes=${marker}`, 'x-forwarded-host': marker } });
      expect(status).toBeLessThan(500);
    }
    await exchange(baseUrl, `GET /v2/studies?PatientID=${marker} HTTP/9.9\r\n${marker}\r\n\r\n`);
    await call(`${baseUrl}/v2/studies/${marker}`, { method: 'DELETE' });
    await call(`${baseUrl}/v2${instancePath(identityOf('I9 marked', 'series', 'a'))}`, { method: 'DELETE', headers: { 'content-type': `text/${marker}` }, body: Buffer.from(marker) });
    nothingShown();
  });

  it('given metrics, then they have nothing of the patient', async () => {
    for (const metricsUrl of archive.metricsUrls) {
      const { status, body } = await call(metricsUrl);
      expect(status).toBe(200);
      for (const form of inOtherForms) expect(body.toString('latin1')).not.toContain(form);
    }
  });

  it('given the processes end, then what they wrote until then has nothing of the patient, and they wrote', async () => {
    await archive.stop();
    expect(archive.log).toContain('"status":200');
    nothingShown();
  });
});
