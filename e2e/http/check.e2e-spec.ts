import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { runIsocenter, type Ended } from '../cli/run-isocenter.js';
import { newArchiveData, startArchive, type Archive, type ArchiveData } from '../support/archive.js';
import { call } from '../support/http-call.js';
import { openStored, type Stored } from '../support/open-stored.js';
import { uidOf } from '../support/uid.js';
import { identityOf, smallInstance } from './small-instance.js';
import { given } from './store-request.js';

let data: ArchiveData;
let archive: Archive;

beforeAll(async () => {
  data = await newArchiveData();
  archive = await startArchive({ data });
});
afterAll(async () => {
  await archive.end();
  await data.remove();
});

const check = (...words: string[]): Promise<Ended> => runIsocenter(['check', '--url', `${archive.baseUrl}/v2`, ...words]).ended;

/** Changes what is stored, while nothing runs that could know better. */
const behindItsBack = async (change: (stored: Stored) => Promise<void>): Promise<void> => {
  await archive.stop();
  const stored = await openStored(data);
  await change(stored).finally(() => stored.close());
  archive = await startArchive({ data });
};

const store = (study: string, sops: readonly string[]): Promise<void> => given(`${archive.baseUrl}/v2`, sops.map((sop) => smallInstance(identityOf(study, 'series', sop))));
const rowOf = async ({ store: rows }: Stored, study: string, sop: string) => (await rows.findInstance(1, uidOf(study), uidOf(study, 'series'), uidOf(study, 'series', sop)))!;

describe('Check', () => {
  it('given an archive as its stores and deletes left it, then no difference, and it ends with 0', async () => {
    await store('check clean', ['1', '2', '3']);
    await call(`${archive.baseUrl}/v2/studies/${uidOf('check clean')}/series/${uidOf('check clean', 'series')}/instances/${uidOf('check clean', 'series', '3')}`, { method: 'DELETE' });
    for (const words of [[], ['--digest'], ['--repair']]) {
      const { code, stdout } = await check(...words);
      expect([code, stdout]).toEqual([0, expect.stringMatching(/^Checked: 2 instances.*\. No difference\.\n$/)]);
    }
  });

  it('given an object that is gone, one that is shorter, and one with other bytes, then each is told with what is to be done, and it ends with 1', async () => {
    const sops = ['gone', 'short', 'other'];
    await store('check objects', sops);
    await behindItsBack(async (stored) => {
      const [gone, short, other] = await Promise.all(sops.map((sop) => rowOf(stored, 'check objects', sop)));
      await stored.objects.remove([gone!, short!, other!].map(({ objectKey }) => objectKey));
      await stored.objects.put(short!.objectKey, Buffer.alloc(10));
      await stored.objects.put(other!.objectKey, Buffer.alloc(other!.size));
    });
    const place = (sop: string): string => `Microsoft.Default ${uidOf('check objects')}/${uidOf('check objects', 'series')}/${uidOf('check objects', 'series', sop)} version `;
    const present = await check();
    expect(present.code).toBe(1);
    expect(present.stdout.split('\n').slice(0, -1)).toEqual([
      expect.stringMatching(new RegExp(`^object-missing  ${place('gone')}[0-9a-f-]{36}: The object is not there\\. .*restore the object from a backup`)),
      expect.stringMatching(new RegExp(`^object-damaged  ${place('short')}.*: The object has 10 bytes; stored were \\d+\\.`)),
      expect.stringMatching(/^Checked: \d+ instances.*\. 2 differences, 0 mended, 2 left\.$/),
    ]);
    const digest = await check('--digest', '--repair');
    expect(digest).toMatchObject({ code: 1, stdout: expect.stringContaining('The object has another SHA-256 than what was stored.') });
    expect(digest.stdout).toContain('3 differences, 0 mended, 3 left.');
    await call(`${archive.baseUrl}/v2/studies/${uidOf('check objects')}`, { method: 'DELETE' });
    expect(await check('--digest')).toMatchObject({ code: 0 });
  });

  it('given an id that is none of a check, then 404; given what cannot be asked, then 400', async () => {
    for (const id of ['0123456789abcdef0123456789abcdef', 'x']) expect((await call(`${archive.baseUrl}/v2/check/${id}`)).status).toBe(404);
    for (const [query, text] of [['repair=maybe', "Query parameter 'repair' has the value 'maybe'; allowed are true and false."], ['objects=all', "Query parameter 'objects' has the value 'all'; allowed are presence and digest."]] as const) {
      const { status, body } = await call(`${archive.baseUrl}/v2/check?${query}`, { method: 'POST' });
      expect([status, body.toString()]).toEqual([400, text]);
    }
  });

  it('given an archive that is not there, then it says so, and ends with 1', async () => {
    const { code, stderr } = await runIsocenter(['check', '--url', 'http://127.0.0.1:9/v2']).ended;
    expect([code, stderr]).toEqual([1, expect.stringContaining('Nobody answers at 127.0.0.1:9')]);
  });
});
