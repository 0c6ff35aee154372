/**
 * Decodes every file of a folder with a MANIFEST.json whose transfer syntax is known, and compares with the manifest's values:
 *
 *     npm run test:corpus:pixels -- FOLDER
 *
 * Prints a line per failure and ends with `N exact, N bounded, N passed over` and `N passed, N failed`.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { checkPixels, type PixelEntry } from './check-pixels.js';

const folder = resolve(process.argv[2] ?? process.env['CORPUS'] ?? '');
const manifestPath = join(folder, 'MANIFEST.json');
if ((process.argv[2] ?? process.env['CORPUS']) === undefined || !existsSync(manifestPath)) {
  console.error(`There is no corpus: ${manifestPath} does not exist. Name a folder with a MANIFEST.json.`);
  process.exit(1);
}

const counts = { exact: 0, bounded: 0, 'passed over': 0 };
let failed = 0;
const { files } = JSON.parse(readFileSync(manifestPath, 'utf8')) as { files: PixelEntry[] };
for (const entry of files) {
  if (entry.path.startsWith('invalid/')) continue;
  try {
    const { outcome, problems } = await checkPixels(readFileSync(join(folder, entry.path)), entry);
    if (problems.length === 0) counts[outcome]++;
    else fail(entry, problems.join('; '));
  } catch (error) {
    fail(entry, String(error));
  }
}
console.log(Object.entries(counts).map(([name, count]) => `${count} ${name}`).join(', '));
console.log(`${counts.exact + counts.bounded} passed, ${failed} failed`);
process.exitCode = failed === 0 && counts.exact > 0 ? 0 : 1;

function fail({ path, reference }: PixelEntry, text: string): void {
  failed++;
  console.log(`${path}: ${text}${reference?.contested === undefined ? '' : ` (contested: ${reference.contested})`}`);
}
