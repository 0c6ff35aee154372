import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { transferSyntaxes } from '../src/index.js';
import { checkPixels, type PixelEntry } from './corpus/check-pixels.js';

const folder = join(import.meta.dirname, 'fixtures');
type FixtureEntry = PixelEntry & { readonly sha256: string; readonly transfer_syntax: string };
const { files } = JSON.parse(readFileSync(join(folder, 'MANIFEST.json'), 'utf8')) as { files: FixtureEntry[] };

describe('fixtures made by tools/fixtures/make_pixel_fixtures.py', () => {
  it('are all in the manifest, and of every transfer syntax in the table', () => {
    const found = (readdirSync(folder, { recursive: true }) as string[]).filter((path) => path.endsWith('.dcm'));
    expect(found.sort()).toEqual(files.map(({ path }) => path).sort());
    expect(new Set(files.map((file) => file.transfer_syntax))).toEqual(new Set(transferSyntaxes.map(({ uid }) => uid)));
  });

  it.each(files)('$path has the values that were encoded, or another decoder’s within the bound', async (entry) => {
    const bytes = readFileSync(join(folder, entry.path));
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(entry.sha256);
    const { outcome, problems } = await checkPixels(bytes, entry);
    expect(problems).toEqual([]);
    expect(outcome).toBe(entry.reference?.values === undefined ? 'exact' : 'bounded');
  });
});
