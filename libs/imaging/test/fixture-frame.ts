import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { type FrameSource } from '../src/index.js';
import { readInstance } from './corpus/stored-instance.js';

/** The first frame of a fixture. */
export async function fixtureFrame(path: string): Promise<FrameSource> {
  const instance = await readInstance(readFileSync(join(import.meta.dirname, 'fixtures', path)));
  return { transferSyntaxUid: instance.file.transferSyntaxUid, frame: instance.frame(1), image: instance.image() };
}
