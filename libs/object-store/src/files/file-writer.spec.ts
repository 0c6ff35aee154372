import { describe, expect, it, jest } from '@jest/globals';
import { access, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { openSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileWriter } from './file-writer.js';

const openWriter = async (device?: string) => {
  const folder = await mkdtemp(join(tmpdir(), 'isocenter-writer-'));
  const path = join(folder, 'temporary');
  await writeFile(path, '');
  const publication = { prepare: jest.fn(() => Promise.resolve()), publish: jest.fn(() => Promise.resolve()), ended: jest.fn() };
  const writer = new FileWriter(openSync(device ?? path, 'w'), path, publication);
  return { writer, publication, path, end: () => rm(folder, { recursive: true }) };
};

describe('a writer', () => {
  it('given a full disk, when it writes, then tells the next call that the store is unavailable and leaves nothing', async () => {
    const { writer, publication, path, end } = await openWriter('/dev/full');
    const write = async (): Promise<void> => {
      for (let at = 0; at < 64; at += 1) await writer.write(Buffer.alloc(65_536));
    };
    await expect(write()).rejects.toMatchObject({ code: 'OBJECT_STORE_UNAVAILABLE', retriable: true, message: expect.stringContaining('ENOSPC') });
    await writer.abort();
    await expect(access(path)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(publication.ended).toHaveBeenCalledTimes(1);
    await end();
  });

  it('given a full disk, when it commits, then nothing is published', async () => {
    const { writer, publication, end } = await openWriter('/dev/full');
    await writer.write(Buffer.from('a little'));
    await expect(writer.commit()).rejects.toMatchObject({ code: 'OBJECT_STORE_UNAVAILABLE' });
    expect(publication.publish).not.toHaveBeenCalled();
    expect(publication.ended).toHaveBeenCalledTimes(1);
    await end();
  });

  it('asks for patience while a batch is written and the next is full', async () => {
    const { writer, path, end } = await openWriter();
    const chunk = Buffer.alloc(1024 * 1024);
    expect(writer.write(chunk)).toBeUndefined();
    const patience = writer.write(chunk);
    expect(patience).toBeInstanceOf(Promise);
    await patience;
    await writer.commit();
    const file = await open(path);
    expect((await file.stat()).size).toBe(2 * chunk.length);
    await file.close();
    await end();
  });
});
