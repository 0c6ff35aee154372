import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { identityOf, smallInstance } from '../http/small-instance.js';
import { given } from '../http/store-request.js';
import { runIsocenter } from '../cli/run-isocenter.js';
import { until } from '../invariants/until.js';
import type { ArchiveData } from '../support/archive.js';
import { instancePath } from '../support/dicomweb-client.js';
import { call } from '../support/http-call.js';
import { loseMetadata } from '../support/lose-metadata.js';
import { newDataFolder, startStandalone, type Standalone } from '../support/standalone-process.js';
import { ask, type KeptAnswer } from './ask-archive.js';
import { deleted, replaced } from './fill-archive.js';

const releases = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);

const answersOf = (release: string): KeptAnswer[] => JSON.parse(readFileSync(join(import.meta.dirname, release, 'answers.json'), 'utf8')) as KeptAnswer[];

/** A data folder as the release left it. */
const unpack = async (release: string): Promise<ArchiveData> => {
  const data = await newDataFolder();
  execFileSync('tar', ['--extract', '--gzip', `--file=${join(import.meta.dirname, release, 'data.tar.gz')}`, `--directory=${data.name}`]);
  return data;
};

/** Members may come with a release; none may go or change. */
describe.each(releases)('given the data folder that release %s left', (release) => {
  const answers = answersOf(release);
  let data: ArchiveData;
  let archive: Standalone;

  beforeAll(async () => {
    data = await unpack(release);
    archive = await startStandalone({ data });
  });
  afterAll(async () => {
    await archive.end();
    await data.remove();
  });

  it.each(answers.map((answer): [string, KeptAnswer] => [answer.path, answer]))('then %s is answered as it was then', async (_, answer) => {
    expect(await ask(archive, answer)).toMatchObject(answer);
  });

  it('then objects of replaced and deleted versions, which were due, go, and no others', async () => {
    const names = (objects: readonly string[], { sopInstanceUid }: { sopInstanceUid: string }): string[] => objects.filter((key) => key.includes(sopInstanceUid) && key.endsWith('.dcm'));
    await until('what was due is gone', async () => names(await archive.listObjects(), deleted).length === 0 && names(await archive.listObjects(), replaced).length === 1);
    expect((await call(`${archive.baseUrl}/dicom-web${instancePath(replaced)}`, { headers: { accept: 'application/dicom; transfer-syntax=*' } })).status).toBe(200);
  });

  it('then stores and deletes go on, and the feed with the next number', async () => {
    const feed = async (): Promise<number[]> => (JSON.parse((await call(`${archive.baseUrl}/v2/changefeed?limit=200`)).body.toString()) as { sequence: number }[]).map(({ sequence }) => sequence);
    const before = await feed();
    await given(`${archive.baseUrl}/v2`, [smallInstance(identityOf('of this release'))]);
    expect((await call(`${archive.baseUrl}/v2${instancePath(replaced)}`, { method: 'DELETE' })).status).toBe(204);
    expect(await feed()).toEqual([...before, before.length + 1, before.length + 2]);
  });
});

/** The journal of a release is read by all that follow. */
describe.each(releases)('given the objects and the journal that release %s left, but no metadata', (release) => {
  const answers = answersOf(release);
  let data: ArchiveData;
  let archive: Standalone;

  beforeAll(async () => {
    data = await unpack(release);
    await loseMetadata(data);
    archive = await startStandalone({ data });
    const { code, stdout } = await runIsocenter(['rebuild-index', '--url', `${archive.baseUrl}/v2`]).ended;
    if (code !== 0) throw new Error(stdout);
  });
  afterAll(async () => {
    await archive.end();
    await data.remove();
  });

  it.each(answers.map((answer): [string, KeptAnswer] => [answer.path, answer]))('when it is rebuilt, then %s is answered as it was then', async (_, answer) => {
    expect(await ask(archive, answer)).toMatchObject(answer);
  });
});
