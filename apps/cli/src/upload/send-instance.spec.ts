import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { open, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { dicomLike, newFolder, type Folder } from '../../test/dicom-files.js';
import { startScriptedArchive, type Script, type ScriptedArchive } from '../../test/scripted-archive.js';
import { FileChangedError } from './read-pieces.js';
import { createSender, type Sender } from './send-instance.js';

const MiB = 1024 * 1024;
const never = new AbortController().signal;
let folder: Folder;
let file: FileHandle;
let archive: ScriptedArchive;
let sender: Sender;
let script: Script;

beforeEach(async () => {
  folder = await newFolder();
  archive = await startScriptedArchive((...args) => script(...args));
  sender = createSender(archive.url, 'secret', 2);
});
afterEach(async () => {
  sender.close();
  await file.close();
  await archive.close();
  await folder.remove();
});

const given = async (bytes: Buffer): Promise<void> => {
  await writeFile(join(folder.path, 'file'), bytes);
  file = await open(join(folder.path, 'file'));
};

describe('createSender', () => {
  it.each([['small', 1_000], ['of several pieces, for which it asks first', 3 * MiB + 1]])('given a file that is %s, then one part of known length, byte for byte, with the key', async (_what, size) => {
    const bytes = dicomLike(size);
    await given(bytes);
    script = () => ({ status: 200, headers: { 'retry-after': '3' }, body: '{}' });
    let sent = 0;
    expect(await sender.send({ file, size }, (more) => (sent += more), never)).toEqual({ status: 200, retryAfter: '3', location: undefined, body: '{}' });
    expect(sent).toBe(size);
    const [{ path, headers, body }] = archive.heard as [ScriptedArchive['heard'][number]];
    expect(path).toBe('/dicom-web/studies');
    expect(headers).toMatchObject({ authorization: 'Bearer secret', accept: 'application/dicom+json', 'content-length': String(body.length) });
    const boundary = /^multipart\/related; type="application\/dicom"; boundary=(\S+)$/.exec(headers['content-type'] ?? '')?.[1];
    const expected = Buffer.concat([Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`), bytes, Buffer.from(`\r\n--${boundary}--\r\n`)]);
    expect(body.equals(expected)).toBe(true);
  });

  it('given a refusal of a large file before its body, then none of it is sent', async () => {
    await given(dicomLike(3 * MiB));
    script = () => ({ status: 503, unread: true, body: 'away' });
    let sent = 0;
    expect(await sender.send({ file, size: 3 * MiB }, (more) => (sent += more), never)).toMatchObject({ status: 503, body: 'away' });
    expect(sent).toBe(0);
  });

  it('given a file that became shorter, then the request ends with that, and the archive gets no whole body', async () => {
    await given(dicomLike(500));
    script = () => ({ status: 200 });
    await expect(sender.send({ file, size: 1000 }, () => undefined, never)).rejects.toThrow(FileChangedError);
    expect(archive.heard).toEqual([]);
  });

  it('given that the connection breaks, then it rejects with that', async () => {
    await given(dicomLike(500));
    script = () => 'cut';
    await expect(sender.send({ file, size: 500 }, () => undefined, never)).rejects.toMatchObject({ code: 'ECONNRESET' });
  });

  it('given that it is aborted, then it rejects', async () => {
    await given(dicomLike(500));
    const aborting = new AbortController();
    script = () => {
      aborting.abort();
      return { status: 200 };
    };
    await expect(sender.send({ file, size: 500 }, () => undefined, aborting.signal)).rejects.toMatchObject({ name: 'AbortError' });
  });
});
