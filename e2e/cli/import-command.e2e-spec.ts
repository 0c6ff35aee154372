import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newOrigin, type ImportOrigin } from '../http/import-origin.js';
import { identityOf, smallInstance } from '../http/small-instance.js';
import { newKey, writeKeys } from '../invariants/api-keys.js';
import { until } from '../invariants/until.js';
import { startArchive, type Archive } from '../support/archive.js';
import { call } from '../support/http-call.js';
import { uidOf } from '../support/uid.js';
import { runIsocenter, type Ended, type Run } from './run-isocenter.js';

const admin = newKey('importer', ['read', 'write', 'admin']);
const writer = newKey('uploader', ['read', 'write']);
const keyIn = ({ authorization }: { authorization: string }): Record<string, string> => ({ ISOCENTER_KEY: authorization.replace('Bearer ', '') });

let keys: string;
let origin: ImportOrigin;
let archive: Archive;
let v2: string;
let folder: string;

beforeAll(async () => {
  keys = await mkdtemp(join(tmpdir(), 'isocenter-keys-'));
  await writeKeys(join(keys, 'keys.json'), [admin, writer]);
  origin = await newOrigin();
  archive = await startArchive({ env: { ...origin.env, API_KEYS_FILE: join(keys, 'keys.json') } });
  v2 = `${archive.baseUrl}/v2`;
});
afterAll(async () => {
  await archive.end();
  await origin.remove();
  await rm(keys, { recursive: true });
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isocenter-import-'));
});
afterEach(() => rm(folder, { recursive: true }));

const begin = (words: readonly string[], env: Readonly<Record<string, string>> = keyIn(admin)): Run => runIsocenter(['import', '--url', v2, ...words], env);
const run = (...words: string[]): Promise<Ended> => begin(words).ended;
const fillSource = async (study: string, count: number): Promise<void> => {
  for (let at = 0; at < count; at += 1) await origin.write(`${study}/${at}.dcm`, smallInstance(identityOf(study, 'series', String(at))));
};
const instancesOf = async (study: string, root = v2): Promise<number> => {
  const { body } = await call(`${root}/studies/${uidOf(study)}/instances`, { headers: { authorization: admin.authorization } });
  return (JSON.parse(body.toString() || '[]') as unknown[]).length;
};

describe('npx isocenter import', () => {
  it('given a source and a folder of it, then its files are stored, and it ends with 0; again, then all are there already', async () => {
    await fillSource('cli', 12);
    const first = await run('Origin/cli');
    expect([first.code, first.stdout]).toEqual([0, expect.stringMatching(/^12 files of Origin\/cli\n +12 {2}stored$/m)]);
    expect(await instancesOf('cli')).toBe(12);
    expect((await run('origin/cli/')).stdout).toMatch(/^ +12 {2}there already$/m);
  });

  it('given a partition in the URL, then they are stored there', async () => {
    await fillSource('cli partition', 3);
    const { code } = await run('--url', `${v2}/partitions/cli`, 'Origin/cli partition');
    expect([code, await instancesOf('cli partition', `${v2}/partitions/cli`), await instancesOf('cli partition')]).toEqual([0, 3, 0]);
  });

  it('given a file that is no DICOM, then the report says which and why, and it ends with 1', async () => {
    await fillSource('cli bad', 2);
    await origin.write('cli bad/read me.txt', Buffer.from('no DICOM'));
    const { code, stdout } = await run('Origin/cli bad');
    expect([code, stdout]).toEqual([1, expect.stringMatching(/ 2 {2}stored\n +1 {2}failed\n\nFailed:\n {2}cli bad\/read me\.txt: it is not valid, or no DICOM \(43264\): ./)]);
  });

  it('given Ctrl-C, then the import goes on in the archive, it says how it is followed, and that shows its end', async () => {
    await fillSource('cli leave', 5);
    const giveBack = await archive.takeObjectsAway();
    let left: Ended;
    try {
      const leaving = begin(['Origin/cli leave']);
      await until('it shows how far it is', () => leaving.stderr.includes('%'));
      leaving.interrupt();
      left = await leaving.ended;
    } finally {
      await giveBack();
    }
    expect([left.code, left.stdout]).toEqual([130, expect.stringMatching(/^The import goes on in the archive\./)]);
    const [, id] = /--follow ([0-9a-f]{32})/.exec(left.stdout)!;
    const { code, stdout } = await run('--follow', id!);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^ +5 {2}stored$/m)]);
  });

  it('given a folder of this machine, then its files are sent through the API, also by a key that may write only, and again only what is not done', async () => {
    const journal = join(folder, 'journal');
    const files = join(folder, 'files');
    await mkdir(files);
    for (let at = 0; at < 4; at += 1) await writeFile(join(files, `${at}.dcm`), smallInstance(identityOf('cli local', 'series', String(at))));
    const { code, stdout } = await begin([files], keyIn(writer)).ended;
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^ +4 {2}stored$/m)]);
    expect((await run(files)).stdout).toMatch(/^ +4 {2}there already$/m);
    expect((await run('--resume', journal, files)).code).toBe(0);
    expect((await run('--resume', journal, files)).stdout).toMatch(/^ +4 {2}done before, by the journal$/m);
    expect(await instancesOf('cli local')).toBe(4);
  });

  it('given what is neither a source nor a path, then it says which sources there are, and ends with 1', async () => {
    const { code, stderr } = await run('Elsewhere');
    expect([code, stderr]).toEqual([1, expect.stringContaining("'Elsewhere'; allowed on this server: Origin.")]);
  });

  it.each([[[]], [['--url', 'http://127.0.0.1/dicom-web', 'x']], [['--follow', 'x']], [['a', 'b']]])('given the words %j, then it ends with 2', async (words) => {
    expect((await run(...words)).code).toBe(2);
  });
});
