import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { identityOf, smallInstance } from '../http/small-instance.js';
import { newKey, writeKeys } from '../invariants/api-keys.js';
import { until } from '../invariants/until.js';
import { startArchive, type Archive } from '../support/archive.js';
import { call } from '../support/http-call.js';
import { ctInstance } from '../support/synthetic-instance.js';
import { startTcpProxy } from '../support/tcp-proxy.js';
import { uidOf } from '../support/uid.js';
import { workspaceRoot } from '../support/workspace.js';
import { runIsocenter, type Ended, type Run } from './run-isocenter.js';

const key = newKey('uploader', ['read', 'write']);
let keys: string;
let archive: Archive;
let web: string;
let folder: string;

beforeAll(async () => {
  keys = await mkdtemp(join(tmpdir(), 'isocenter-keys-'));
  await writeKeys(join(keys, 'keys.json'), [key]);
  archive = await startArchive({ env: { API_KEYS_FILE: join(keys, 'keys.json') } });
  web = `${archive.baseUrl}/dicom-web`;
});
afterAll(async () => {
  await archive.end();
  await rm(keys, { recursive: true });
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isocenter-upload-'));
});
afterEach(() => rm(folder, { recursive: true }));

const begin = (words: readonly string[], env: Readonly<Record<string, string>> = { ISOCENTER_KEY: key.authorization.replace('Bearer ', '') }): Run => runIsocenter(['upload', '--url', web, ...words], env);
const upload = (...words: string[]): Promise<Ended> => begin(words).ended;

/** Small instances of one study, a file each. */
const fill = async (study: string, count: number, from = 0): Promise<void> => {
  await mkdir(join(folder, study), { recursive: true });
  for (let at = from; at < from + count; at += 1) await writeFile(join(folder, study, `${at}.dcm`), smallInstance(identityOf(study, 'series', String(at))));
};

const instancesOf = async (study: string): Promise<number> => {
  const { body } = await call(`${web}/studies/${uidOf(study)}/instances`, { headers: { authorization: key.authorization } });
  return (JSON.parse(body.toString()) as unknown[]).length;
};

describe('npx isocenter upload', () => {
  it('given a folder with instances, one of several megabytes and what is no DICOM, then all instances are stored, the rest is skipped, and it ends with 0', async () => {
    await fill('upload', 20);
    const large = identityOf('upload', 'series', 'large');
    await writeFile(join(folder, 'large'), Buffer.concat(ctInstance(large, 1024, 1024)));
    await writeFile(join(folder, 'upload', 'read me.txt'), 'Not DICOM.');
    const { code, stdout } = await upload(folder);
    expect(stdout).toMatch(/^ +21 {2}stored$/m);
    expect(stdout).toMatch(/^ +1 {2}not DICOM, skipped$/m);
    expect(stdout).toContain(`${join(folder, 'upload', 'read me.txt')}: It does not begin as a DICOM file does.`);
    expect(code).toBe(0);
    expect(await instancesOf('upload')).toBe(21);
  });

  it('given a second run, then all are there already, under /dicom-web and under /v2', async () => {
    await fill('twice', 5);
    expect((await upload(folder)).code).toBe(0);
    for (const url of [web, `${archive.baseUrl}/v2`]) {
      const { code, stdout } = await upload('--url', url, folder);
      expect([code, stdout]).toEqual([0, expect.stringMatching(/^ +5 {2}there already$/m)]);
    }
    expect(await instancesOf('twice')).toBe(5);
  });

  it('given implicit VR and a deflated data set, then they are stored; given one that is not valid and one with other bytes, then these fail with the reason, and it ends with 1', async () => {
    const fixtures = join(workspaceRoot, 'libs/dicom/test/fixtures');
    const { code, stdout } = await upload(join(fixtures, 'transfer-syntax/implicit-le.dcm'), join(fixtures, 'transfer-syntax/deflated.dcm'));
    expect([code, stdout]).toEqual([0, expect.not.stringMatching(/failed|skipped/)]);
    await fill('reasons', 1);
    expect((await upload(folder)).code).toBe(0);
    await copyFile(join(fixtures, 'invalid/no-sop-instance-uid.dcm'), join(folder, 'no-uid.dcm'));
    await writeFile(join(folder, 'reasons', '0.dcm'), smallInstance({ ...identityOf('reasons', 'series', '0'), accessionNumber: 'other' }));
    const again = await upload(folder);
    expect(again.code).toBe(1);
    expect(again.stdout).toContain(`${join(folder, 'no-uid.dcm')}: it is not valid, or no DICOM (43264): `);
    expect(again.stdout).toContain(`${join(folder, 'reasons', '0.dcm')}: an instance with these UIDs and other bytes is stored already (45070): `);
  });

  it('given that the object store is away, then it says so and waits, and when that is back all are stored', async () => {
    await fill('outage', 10);
    const giveBack = await archive.takeObjectsAway();
    const run = begin([folder]);
    await until('the run was told to come again', () => run.stderr.includes('HTTP 503'));
    await giveBack();
    const { code, stdout } = await run.ended;
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^ +10 {2}stored$/m)]);
    expect(await instancesOf('outage')).toBe(10);
  });

  it('given that nobody answers, then it waits, and when the archive can be reached all are stored', async () => {
    await fill('unreachable', 10);
    const { hostname, port } = new URL(archive.baseUrl);
    const proxy = await startTcpProxy({ host: hostname, port: Number(port) });
    try {
      proxy.cut();
      const run = begin(['--url', `http://127.0.0.1:${proxy.port}/dicom-web`, folder]);
      await until('its connection broke', () => run.stderr.includes('broke ('));
      proxy.restore();
      const { code, stdout } = await run.ended;
      expect([code, stdout]).toEqual([0, expect.stringMatching(/^ +10 {2}(stored|there already)$/m)]);
    } finally {
      await proxy.close();
    }
  });

  it('given a run that Ctrl-C ends, then it says how to go on; and the next one, with the journal, sends only what is not done', async () => {
    const journal = join(folder, 'journal');
    const files = join(folder, 'resume');
    await fill('resume', 6);
    expect((await upload('--resume', journal, files)).code).toBe(0);
    await fill('resume', 4, 6);
    const giveBack = await archive.takeObjectsAway();
    const run = begin(['--resume', journal, files]);
    await until('the run waits', () => run.stderr.includes('HTTP 503'));
    run.interrupt();
    const interrupted = await run.ended;
    await giveBack();
    expect(interrupted.code).toBe(130);
    expect(interrupted.stdout).toContain(`npx isocenter upload --url ${web} --resume ${journal} ${files}`);
    const { code, stdout } = await upload('--resume', journal, files);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^ +4 {2}stored\n +6 {2}done before, by the journal$/m)]);
    expect((await readFile(journal, 'utf8')).split('\n').filter((line) => line.includes('"outcome":"stored"'))).toHaveLength(10);
    expect(await instancesOf('resume')).toBe(10);
  });

  it('given no key, then it ends at once, and says how one is given', async () => {
    await fill('no key', 3);
    const { code, stdout } = await begin([folder], {}).ended;
    expect([code, stdout]).toEqual([1, expect.stringMatching(/HTTP 401: .*ISOCENTER_KEY/)]);
  });
});
