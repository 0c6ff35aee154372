import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { checkSha256, sha256Of } from './check-sha256.js';

const ofAbc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
let folder: string;
let file: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isocenter-sha256-'));
  file = join(folder, 'abc');
  await writeFile(file, 'abc');
});

afterAll(() => rm(folder, { recursive: true }));

test('given the file of FIPS 180-4, when it is hashed, then the digest is the one printed there', async () => {
  expect(await sha256Of(file)).toBe(ofAbc);
  await expect(checkSha256(file, ofAbc)).resolves.toBeUndefined();
});

test('given another digest than expected, when it is checked, then the error names the file, both digests and what to do', async () => {
  await expect(checkSha256(file, '0'.repeat(64))).rejects.toThrow(new RegExp(`${file}.*${ofAbc}.*0{64}.*try again`));
});
