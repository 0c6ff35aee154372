import { describe, expect, it } from '@jest/globals';
import { buffer } from 'node:stream/consumers';
import { beginChunks } from './begin-chunks.js';

describe('beginChunks', () => {
  let isOpen = false;
  async function* source(): AsyncGenerator<Buffer, undefined, void> {
    isOpen = true;
    try {
      for (const text of ['a', 'b', 'c']) yield Buffer.from(text);
    } finally {
      isOpen = false;
    }
    return undefined;
  }

  it('given all is read, then all chunks', async () => {
    expect((await buffer(await beginChunks(source()))).toString()).toBe('abc');
    expect(isOpen).toBe(false);
  });

  it('given nobody reads of it, then ending it ends what it reads', async () => {
    const begun = await beginChunks(source());
    expect(isOpen).toBe(true);
    await begun.return(undefined);
    expect(isOpen).toBe(false);
  });

  it('given what fails before the first chunk, then that', async () => {
    async function* failing(): AsyncGenerator<Buffer, undefined, void> {
      yield await Promise.reject<Buffer>(new Error('refused'));
      return undefined;
    }
    await expect(beginChunks(failing())).rejects.toThrow('refused');
  });
});
