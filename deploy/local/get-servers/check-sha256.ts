import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { StepFailed } from './run-step.js';

/** SHA-256 of a file in hexadecimal digits. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** Throws StepFailed when the file is not the one that is expected. */
export async function checkSha256(file: string, expected: string): Promise<void> {
  const found = await sha256Of(file);
  if (found !== expected) throw new StepFailed(`${file} has the SHA-256 ${found}, expected is ${expected}. What was fetched is not what this repository was tested with; nothing of it is kept. Look at the client's own cache and mirror settings, then try again.`);
}
