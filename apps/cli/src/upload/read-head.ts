import { type FileHandle } from 'node:fs/promises';
import { HEAD_BYTES } from './recognize-dicom.js';

/** The first bytes of a file, fewer when it is shorter. */
export async function readHead(file: FileHandle): Promise<Buffer> {
  const head = Buffer.alloc(HEAD_BYTES);
  let length = 0;
  while (length < head.length) {
    const { bytesRead } = await file.read(head, length, head.length - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return head.subarray(0, length);
}
