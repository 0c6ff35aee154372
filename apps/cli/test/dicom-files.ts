import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What begins as a DICOM file does; no archive would take it. */
export const dicomLike = (size = 200, sopClassUid = '1.2.840.10008.5.1.4.1.1.2'): Buffer => {
  const value = Buffer.from(sopClassUid.length % 2 === 0 ? sopClassUid : `${sopClassUid}\0`);
  const element = Buffer.concat([Buffer.from([2, 0, 2, 0, 0x55, 0x49, value.length, 0]), value]);
  const head = Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), element]);
  return Buffer.concat([head, Buffer.alloc(Math.max(0, size - head.length), 7)]);
};

export interface Folder {
  readonly path: string;
  remove(): Promise<void>;
}

export async function newFolder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), 'isocenter-cli-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
