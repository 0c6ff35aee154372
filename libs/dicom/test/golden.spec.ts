import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { checkFile, type ManifestFile, refusal } from './golden/check-file.js';
import { type GoldenMembers } from './golden/compare-members.js';

const folder = join(import.meta.dirname, 'fixtures');
const manifest = JSON.parse(readFileSync(join(folder, 'MANIFEST.json'), 'utf8')) as { files: ManifestFile[] };
const invalid = manifest.files.filter(({ path }) => path.startsWith('invalid/'));
const valid = manifest.files.filter(({ path }) => !path.startsWith('invalid/'));

describe('fixtures made by tools/fixtures/make_fixtures.py', () => {
  it('are all in the manifest', () => {
    const found = (readdirSync(folder, { recursive: true }) as string[]).filter((path) => path.endsWith('.dcm'));
    expect(found.map((path) => path.replaceAll('\\', '/')).sort()).toEqual(manifest.files.map(({ path }) => path).sort());
  });

  it.each(valid)('$path is read as pydicom reads it', async (entry) => {
    const golden = JSON.parse(readFileSync(join(folder, `${entry.path}.json`), 'utf8')) as GoldenMembers;
    expect(await checkFile(readFileSync(join(folder, entry.path)), entry, golden)).toEqual([]);
  });

  it.each(invalid)('$path is refused', async ({ path }) => {
    expect(await refusal(readFileSync(join(folder, path)))).toMatch(/^(DicomParseError: .* \(byte \d+|DICOM100: )/);
  });
});
