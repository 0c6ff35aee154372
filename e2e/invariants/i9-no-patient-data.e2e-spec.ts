import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exchange } from '../http/raw-exchange.js';
import { identityOf, smallInstance } from '../http/small-instance.js';
import { send, store } from '../http/store-request.js';
import { element } from '../support/dicom-writer.js';
import { instancePath } from '../support/dicomweb-client.js';
import { freePort } from '../support/free-port.js';
import { call } from '../support/http-call.js';
import { storeContentType } from '../support/multipart.js';
import { workspaceRoot } from '../support/standalone-process.js';
import { manyElementInstance } from '../support/synthetic-instance.js';
import { until } from './until.js';

/** In everything that is a patient's, and nowhere else. */
const marker = 'Qxzwvpatient';
const inOtherForms = [marker, marker.toUpperCase(), marker.toLowerCase(), Buffer.from(marker).toString('base64').slice(0, 14), Buffer.from(marker).toString('hex')];

let folder: string;
let child: ChildProcess;
let baseUrl: string;
let metricsUrl: string;
const output: Buffer[] = [];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isocenter-logs-'));
  const [port, metricsPort] = [await freePort(), await freePort()];
  [baseUrl, metricsUrl] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${metricsPort}/metrics`] as [string, string];
  // Started here, because every byte of its output counts.
  child = spawn(process.execPath, [join(workspaceRoot, 'apps/standalone/dist/main.js')], {
    stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, PORT: String(port), METRICS_PORT: String(metricsPort), DATA_DIR: folder, LOG_LEVEL: 'trace', STORE_DEADLINE_MS: '500' },
  });
  for (const stream of [child.stdout!, child.stderr!]) stream.on('data', (chunk: Buffer) => output.push(chunk));
  await until('the archive is ready', () => call(`${baseUrl}/health/ready`).then(({ status }) => status === 200, () => false));
});
afterAll(async () => {
  if (child.exitCode === null) {
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
  await rm(folder, { recursive: true, force: true });
});

const marked = (name: string, ...more: Buffer[]): Buffer => smallInstance({ ...identityOf('I9 marked', 'series', name), patientId: marker, patientName: `${marker}^Jane`, accessionNumber: marker.slice(0, 12) }, {
  with: [element(0x00081030, 'LO', `Study of ${marker}`), element(0x00104000, 'LT', `Comments on ${marker}`), ...more],
});
const nothingShown = (): void => {
  const lines = Buffer.concat(output).toString('latin1').split('\n');
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
    const { status, body } = await call(metricsUrl);
    expect(status).toBe(200);
    for (const form of inOtherForms) expect(body.toString('latin1')).not.toContain(form);
  });

  it('given the process ends, then what it wrote until then has nothing of the patient, and it wrote', async () => {
    child.kill('SIGTERM');
    await once(child, 'exit');
    expect(Buffer.concat(output).toString()).toContain('"status":200');
    nothingShown();
  });
});
