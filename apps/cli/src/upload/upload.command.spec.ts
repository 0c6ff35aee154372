import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dicomLike, newFolder, type Folder } from '../../test/dicom-files.js';
import { startScriptedArchive, type Script, type ScriptedArchive } from '../../test/scripted-archive.js';
import { type Surroundings } from '../command.js';
import { uploadCommand } from './upload.command.js';

let folder: Folder;
let files: string;
let archive: ScriptedArchive;
let script: Script;
let out: string;
let err: string;
let interrupt: () => void;

beforeEach(async () => {
  folder = await newFolder();
  files = join(folder.path, 'files');
  await mkdir(files);
  archive = await startScriptedArchive((...args) => script(...args));
  [out, err] = ['', ''];
});
afterEach(async () => {
  await archive.close();
  await folder.remove();
});

const fill = async (count: number): Promise<void> => {
  for (let at = 0; at < count; at += 1) await writeFile(join(files, `${at}.dcm`), dicomLike(200 + at));
};
const run = (...words: string[]): Promise<number> => {
  const surroundings: Surroundings = {
    env: {}, stdout: { write: (text) => (out += text) }, stderr: { write: (text) => (err += text) },
    onInterrupt: (then) => {
      interrupt = then;
      return () => undefined;
    },
  };
  return uploadCommand.run(['--url', archive.url.href, ...words], surroundings);
};
const ok = { status: 200, body: '{}' };
const soon = { status: 503, headers: { 'retry-after': '0' }, body: 'Not now.' };

describe('upload', () => {
  it('given answers that are 503, 502 and none at first, then each file is sent again until it is stored', async () => {
    await fill(3);
    script = (number) => [soon, { status: 502 }, 'cut' as const][number] ?? ok;
    expect(await run(files)).toBe(0);
    expect(archive.heard).toHaveLength(6);
    expect(out).toMatch(/^ +3 {2}stored$/m);
    expect(err).toContain('HTTP 503: Not now. Trying again.\n');
  });

  it('given an archive that stays away, then it ends when a file was repeated often enough, and says how to go on', async () => {
    await fill(9);
    script = () => soon;
    expect(await run('--retries', '1', '--parallel', '2', files)).toBe(1);
    expect(archive.heard.length).toBeLessThanOrEqual(4);
    expect(out).toContain('It ended before all files were through. The archive could not store anything for too long: HTTP 503: Not now.');
    expect(out).toContain(`npx isocenter upload --url ${archive.url.href} --parallel 2 --resume upload.journal ${files}`);
  });

  it('given one file that breaks every request, then it fails and the others are stored', async () => {
    await fill(4);
    script = (_number, { body }) => (body.length === 0 || !body.includes(dicomLike(202)) || body.includes(dicomLike(203)) ? ok : 'cut');
    expect(await run('--retries', '1', files)).toBe(1);
    expect(out).toMatch(/^ +3 {2}stored\n +1 {2}failed$/m);
    expect(out).toContain(`${join(files, '2.dcm')}: The connection to ${archive.url.host} broke (ECONNRESET). It was sent 2 times.`);
  });

  it('given that every upload is refused, then it ends at once', async () => {
    await fill(9);
    script = () => ({ status: 403, body: 'No permission.' });
    expect(await run('--parallel', '1', files)).toBe(1);
    expect(archive.heard).toHaveLength(1);
    expect(out).toContain('HTTP 403: No permission. The key needs the permission to write');
  });

  it('given an interruption, then what is in flight is finished, and a run with its journal sends the rest', async () => {
    await fill(5);
    const journal = join(folder.path, 'a journal');
    script = (number, { body }) => {
      if (number === 1 && body.length > 0) interrupt();
      return ok;
    };
    expect(await run('--parallel', '1', '--resume', journal, files)).toBe(130);
    expect(out).toContain(`--resume '${journal}' ${files}`);
    expect(archive.heard).toHaveLength(2);
    out = '';
    expect(await run('--resume', journal, files)).toBe(0);
    expect(out).toMatch(/^ +3 {2}stored\n +2 {2}done before, by the journal$/m);
    expect(archive.heard).toHaveLength(5);
    expect((await readFile(journal, 'utf8')).match(/"outcome":"stored"/g)).toHaveLength(5);
  });

  it('given an interruption while it waits for the archive, then it ends without waiting', async () => {
    await fill(2);
    script = () => {
      setImmediate(interrupt);
      return { status: 503, headers: { 'retry-after': '300' } };
    };
    expect(await run(files)).toBe(130);
  });

  it('given no DICOM at all, then it says so and ends with 1', async () => {
    await writeFile(join(files, 'a.txt'), 'a');
    script = () => ok;
    expect(await run(files)).toBe(1);
    expect(out).toContain('There was no DICOM file.');
    expect(archive.heard).toEqual([]);
  });

  it('given a path that is not there, then it is refused before anything is sent', async () => {
    await fill(1);
    await expect(run(files, join(folder.path, 'none'))).rejects.toThrow(`There is no file or folder ${join(folder.path, 'none')}.`);
    expect(archive.heard).toEqual([]);
  });
});
