import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../invariants/until.js';
import { newArchiveData, startArchive, type Archive } from '../support/archive.js';
import { element } from '../support/dicom-writer.js';
import { instancePath } from '../support/dicomweb-client.js';
import { call, type Answer } from '../support/http-call.js';
import { type Identity } from '../support/synthetic-instance.js';
import { newFolderOrigin, newOrigin, type FolderOrigin, type ImportOrigin } from './import-origin.js';
import { fixture, identityOf, identityOfFixture, smallInstance } from './small-instance.js';
import { given } from './store-request.js';

let archive: Archive;
let origin: ImportOrigin;
let v2: string;

beforeAll(async () => {
  origin = await newOrigin();
  archive = await startArchive({ env: origin.env });
  v2 = `${archive.baseUrl}/v2`;
});
afterAll(async () => {
  await archive.end();
  await origin.remove();
});

const post = (body: unknown, root = v2, headers: Record<string, string> = { 'content-type': 'application/json' }): Promise<Answer> =>
  call(`${root}/import`, { method: 'POST', headers, body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) });

interface Results {
  readonly files: number;
  readonly filesExpected: number;
  readonly imported: number;
  readonly importedWithWarnings: number;
  readonly alreadyThere: number;
  readonly skipped: number;
  readonly failed: number;
  readonly failures: readonly { readonly file: string; readonly reason: number; readonly error: string }[];
}
interface Shown {
  readonly type: string;
  readonly status: string;
  readonly percentComplete: number;
  readonly results?: Results;
  readonly error?: string;
}
const shown = async (href: string): Promise<Shown & { readonly code: number }> => {
  const { status, body } = await call(href);
  return { ...(JSON.parse(body.toString()) as Shown), code: status };
};
const start = async (body: unknown, root = v2): Promise<string> => {
  const { status, headers, body: answered } = await post(body, root);
  const { id, href } = JSON.parse(answered.toString()) as { id: string; href: string };
  expect([status, headers.location, id, href]).toEqual([202, href, expect.stringMatching(/^[0-9a-f]{32}$/), `${root.replace(/\/partitions\/.*/, '')}/operations/${id}`]);
  return href;
};
const ended = async (href: string): Promise<Shown> => {
  await until('the operation has ended', async () => (await shown(href)).code === 200);
  return shown(href);
};
const run = async (prefix: string, root = v2): Promise<Shown & { readonly results: Results }> => {
  const shown = await ended(await start({ source: 'Origin', prefix }, root));
  return { ...shown, results: shown.results! };
};
const bytesOf = async (of: Identity, root = v2): Promise<Buffer> => (await call(`${root}${instancePath(of)}`, { headers: { accept: 'application/dicom; transfer-syntax=*' } })).body;
const changesOf = async (root: string): Promise<number> => ((JSON.parse((await call(`${root}/changefeed/latest`)).body.toString() || '{}') as { sequence?: number }).sequence ?? 0);

describe('Import', () => {
  it('given folders with instances under odd names, one of some megabytes, then all are stored byte for byte, and the operation tells how many', async () => {
    const all = ['1', '2', '3'].map((sop) => identityOf('import whole', sop === '3' ? 'b' : 'a', sop));
    const names = ['whole/CT 1/IM000001', 'whole/CT 1/Größe & Co+(2)', 'whole/a-b.dcm'];
    for (const [at, of] of all.entries()) await origin.write(names[at]!, smallInstance(of));
    const of = identityOf('import large');
    const large = smallInstance(of, { with: [element(0x7fe00010, 'OW', Buffer.alloc(20_000_000, 'pixels '))] });
    await origin.write('whole/CT 1/deep/er/large', large);
    await origin.write('elsewhere/not this', smallInstance(identityOf('import elsewhere')));
    await origin.write('whole-not/nor this', smallInstance(identityOf('import elsewhere')));
    const { results, ...operation } = await run('whole');
    expect(operation).toMatchObject({ type: 'import', status: 'succeeded', percentComplete: 100 });
    expect(results).toEqual({ files: 4, filesExpected: 4, imported: 4, importedWithWarnings: 0, alreadyThere: 0, skipped: 0, failed: 0, failures: [] });
    for (const one of all) expect((await bytesOf(one)).equals(smallInstance(one))).toBe(true);
    expect((await bytesOf(of)).equals(large)).toBe(true);
    expect((await bytesOf(identityOf('import elsewhere'))).toString()).not.toContain('DICM');
  });

  it('given the same again, then nothing is stored twice', async () => {
    for (let at = 0; at < 5; at += 1) await origin.write(`twice/${at}`, smallInstance(identityOf('import twice', 'series', String(at))));
    expect((await run('twice/')).results).toMatchObject({ imported: 5, alreadyThere: 0 });
    const before = await changesOf(v2);
    expect((await run('twice')).results).toMatchObject({ files: 5, imported: 0, alreadyThere: 5, failed: 0 });
    expect(await changesOf(v2)).toBe(before);
  });

  it('given files that are no DICOM, not valid or of another instance with the same UIDs, then each fails with its reason, what is hidden is skipped, and the rest is stored', async () => {
    const [good, other] = [identityOf('import bad', 'series', 'good'), identityOf('import bad', 'series', 'other')];
    await given(v2, [smallInstance(other)]);
    await origin.write('bad/good', smallInstance(good));
    await origin.write('bad/a/read me.txt', Buffer.from('This is no DICOM file.'));
    await origin.write('bad/empty', Buffer.alloc(0));
    await origin.write('bad/no-uid.dcm', fixture('invalid/no-sop-instance-uid.dcm'));
    await origin.write('bad/cut.dcm', smallInstance(good).subarray(0, 500));
    await origin.write('bad/other.dcm', smallInstance({ ...other, patientName: 'Somebody^Else' }));
    await origin.write('bad/implicit.dcm', fixture('transfer-syntax/implicit-le.dcm'));
    for (const name of ['bad/DICOMDIR', 'bad/.DS_Store', 'bad/a/dicomdir', 'bad/a/Thumbs.db']) await origin.write(name, Buffer.from('x'));
    const { status, results: { failures, ...counts } } = await run('bad');
    expect([status, counts]).toEqual(['succeeded', { files: 11, filesExpected: 11, imported: 2, importedWithWarnings: expect.any(Number), alreadyThere: 0, skipped: 4, failed: 5 }]);
    expect(failures.map(({ file, reason }) => [file, reason])).toEqual([['bad/a/read me.txt', 43264], ['bad/cut.dcm', 43264], ['bad/empty', 43264], ['bad/no-uid.dcm', 43264], ['bad/other.dcm', 45070]]);
    for (const { error } of failures) expect(error).toMatch(/^[A-Z].{10,}/);
    expect((await bytesOf(good)).equals(smallInstance(good))).toBe(true);
    expect((await bytesOf(identityOfFixture('transfer-syntax/implicit-le.dcm'))).equals(fixture('transfer-syntax/implicit-le.dcm'))).toBe(true);
    expect((await bytesOf(other)).equals(smallInstance(other))).toBe(true);
  });

  it('given the report, then every failure a line; given an id that is none of an import, then 404', async () => {
    for (let at = 0; at < 3; at += 1) await origin.write(`report/${at}.txt`, Buffer.from('This is no DICOM file.'));
    const href = await start({ source: 'Origin', prefix: 'report' });
    const { results } = await ended(href);
    const { status, headers, body } = await call(href.replace('/operations/', '/import/'));
    expect([status, headers['content-type']]).toEqual([200, 'application/x-ndjson']);
    expect(body.toString().trim().split('\n').map((line) => JSON.parse(line) as unknown)).toEqual(results!.failures);
    for (const id of ['0123456789abcdef0123456789abcdef', 'none']) expect((await call(`${v2}/import/${id}`)).status).toBe(404);
  });

  it('given a partition, then the instances are there only, the partition is made, and href is not below it', async () => {
    const of = identityOf('import partition');
    await origin.write('partition/1', smallInstance(of));
    const here = `${v2}/partitions/imported`;
    expect((await run('partition', here)).results).toMatchObject({ imported: 1 });
    expect((await bytesOf(of, here)).equals(smallInstance(of))).toBe(true);
    expect((await call(`${v2}${instancePath(of)}`)).status).toBe(404);
  });

  it('given a folder in which there is nothing, then the operation fails and says so', async () => {
    await origin.write('something/1', smallInstance(identityOf('import something')));
    const { status, error } = await ended(await start({ source: 'origin', prefix: 'nothing' }));
    expect([status, error]).toEqual(['failed', expect.stringMatching(/^There is no.* 'nothing' .*source 'Origin'/)]);
  });

  it.each(['/etc', '..', '../outside', 'a/../../outside', 'a/..', './a', 'a\\..\\b', 'a\u0000b', 'a\nb', 'a//b', '//', 'x'.repeat(1_001), 7, ['a']])('given the prefix %j, which might lead out of the source, then 400 that says what is allowed', async (prefix) => {
    const { status, body } = await post({ source: 'Origin', prefix });
    expect([status, body.toString()]).toEqual([400, expect.stringMatching(/'prefix' is not valid; allowed is a folder of the source: names joined by '\/'/)]);
  });

  it.each<[string, object | string, RegExp]>([
    ['an unknown source', { source: 'Elsewhere' }, /'source' is 'Elsewhere'; allowed on this server: Origin\./], ['no source', {}, /'source' is missing; allowed on this server: Origin\./],
    ['a path for a source', { source: '/etc' }, /'source' is '\/etc'/], ['a folder', { source: 'Origin', folder: '/etc' }, /'folder' is not known; allowed: source, prefix\./],
    ['a key', { source: 'Origin', secretKey: 'hunter2' }, /'secretKey' is not known/], ['one twice', { source: 'Origin', Source: 'Origin' }, /'source' is given twice/], ['a list', ['Origin'], /no JSON object/], ['what is no JSON', '{', /not JSON/],
  ])('given %s, then 400 that says what is allowed', async (_what, body, text) => {
    const answer = await post(body);
    expect([answer.status, answer.body.toString()]).toEqual([400, expect.stringMatching(text)]);
    expect([...origin.hidden, 'hunter2'].filter((word) => answer.body.toString().includes(word))).toEqual([]);
  });

  it('given another Content-Type, then 415; given another dialect, then 404', async () => {
    expect((await post({ source: 'Origin' }, v2, { 'content-type': 'text/plain' })).status).toBe(415);
    for (const dialect of ['v1', 'dicom-web']) expect((await post({ source: 'Origin' }, `${archive.baseUrl}/${dialect}`)).status).toBe(404);
  });

  it('given that the object store of the archive is away, then the import waits, and goes on', async () => {
    for (let at = 0; at < 5; at += 1) await origin.write(`outage/${at}`, smallInstance(identityOf('import outage', 'series', String(at))));
    const giveBack = await archive.takeObjectsAway();
    let href: string;
    try {
      href = await start({ source: 'Origin', prefix: 'outage' });
      await until('it was tried', () => archive.log.includes('a step of an operation could not be taken'));
    } finally {
      await giveBack();
    }
    expect((await ended(href)).results).toMatchObject({ imported: 5, failed: 0 });
  });

  it('given a cancel, then it ends as canceled, and what was imported stays', async () => {
    for (let at = 0; at < 20; at += 1) await origin.write(`cancel/${at % 2}/${at}`, smallInstance(identityOf('import cancel', 'series', String(at))));
    await run('cancel/1');
    const giveBack = await archive.takeObjectsAway();
    let href: string;
    try {
      href = await start({ source: 'Origin', prefix: 'cancel' });
      expect((await call(href, { method: 'DELETE' })).status).toBe(204);
    } finally {
      await giveBack();
    }
    expect((await ended(href)).status).toBe('canceled');
    expect((await run('cancel')).results).toMatchObject({ files: 20, imported: 10, alreadyThere: 10, failed: 0 });
  });

  it('given imports that ran, then neither answers nor logs tell where a source is, nor the names of files', async () => {
    await origin.write('told/Doe^Jane.txt', Buffer.from('no DICOM'));
    const href = await start({ source: 'Origin', prefix: 'told' });
    await ended(href);
    const told = archive.log + (await call(href)).body.toString();
    expect(origin.hidden.filter((word) => told.includes(word))).toEqual([]);
    expect(archive.log).not.toContain('Doe^Jane');
    expect(archive.log).not.toContain('UnhandledPromiseRejection');
  });
});

describe('Import without sources', () => {
  it('given none in the settings, then 400 that names the setting', async () => {
    const own = await startArchive({ replicas: 1 });
    try {
      const { status, body } = await post({ source: 'Origin' }, `${own.baseUrl}/v2`);
      expect([status, body.toString()]).toEqual([400, 'Imports are off: IMPORT_SOURCES names no source.']);
    } finally {
      await own.end();
    }
  });
});

describe('Import from a folder', () => {
  let own: FolderOrigin;
  let outside: string;
  let running: Archive;
  beforeAll(async () => {
    own = await newFolderOrigin();
    outside = await mkdtemp(join(tmpdir(), 'isocenter-outside-'));
    running = await startArchive({ env: own.env, replicas: 1 });
  });
  afterAll(async () => {
    await running.end();
    await own.remove();
    await rm(outside, { recursive: true });
  });

  it('given links to files and folders outside and inside of it, then none is followed, and each is told as a failure', async () => {
    const secret = identityOf('import outside');
    await writeFile(join(outside, 'secret.dcm'), smallInstance(secret));
    await own.write('links/there.dcm', smallInstance(identityOf('import links')));
    await symlink(join(outside, 'secret.dcm'), join(own.folder, 'links', 'file'));
    await symlink(outside, join(own.folder, 'links', 'folder'));
    await symlink('there.dcm', join(own.folder, 'links', 'within'));
    await symlink('../links', join(own.folder, 'links', 'circle'));
    const root = `${running.baseUrl}/v2`;
    const { results } = await run('links', root);
    expect(results).toMatchObject({ files: 5, imported: 1, failed: 4 });
    expect(results.failures.map(({ file }) => file)).toEqual(['links/circle', 'links/file', 'links/folder', 'links/within']);
    for (const { error } of results.failures) expect(error).toContain('links are not followed');
    const { status, error } = await ended(await start({ source: 'Origin', prefix: 'links/folder' }, root));
    expect([status, error]).toEqual(['failed', expect.stringContaining('links are not followed')]);
    expect((await call(`${root}${instancePath(secret)}`)).status).toBe(404);
  });
});

describe('Import through kill -9', () => {
  it('given processes that are killed while it runs, then it goes on, and every instance is stored once', async () => {
    const data = await newArchiveData();
    const own = await newFolderOrigin();
    const COUNT = 1_500;
    let running = await startArchive({ data, env: own.env, replicas: 1 });
    try {
      const all = Array.from({ length: COUNT }, (_none, at) => identityOf('import killed', String(at % 7), String(at)));
      for (const [at, of] of all.entries()) await own.write(`${at % 7}/${at}.dcm`, smallInstance(of));
      const href = await start({ source: 'Origin' }, `${running.baseUrl}/v2`);
      await until('some are imported', async () => (await changesOf(`${running.baseUrl}/v2`)) > 100);
      for (const { pid } of running.processes) process.kill(pid, 'SIGKILL');
      await until('they are gone', () => running.processes.every((one) => !one.running));
      await running.end();
      running = await startArchive({ data, env: own.env, replicas: 1 });
      const { status, results } = await ended(href.replace(/^.*\/v2\//, `${running.baseUrl}/v2/`));
      expect([status, results]).toEqual(['succeeded', expect.objectContaining({ files: COUNT, filesExpected: COUNT, skipped: 0, failed: 0 })]);
      expect(results!.imported + results!.alreadyThere).toBe(COUNT);
      expect(results!.imported).toBeLessThan(COUNT);
      // One change an instance: none was stored twice.
      await until('all are numbered', async () => (await changesOf(`${running.baseUrl}/v2`)) >= COUNT);
      expect(await changesOf(`${running.baseUrl}/v2`)).toBe(COUNT);
      for (const of of all.filter((_of, at) => at % 50 === 0)) expect((await bytesOf(of, `${running.baseUrl}/v2`)).equals(smallInstance(of))).toBe(true);
    } finally {
      await running.end();
      await data.remove();
      await own.remove();
    }
  });
});
