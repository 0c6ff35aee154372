/**
 * The golden suite over any folder with a MANIFEST.json:
 *
 *     node --import ./libs/dicom/from-source.mjs libs/dicom/test/corpus/run-corpus.ts FOLDER [GOLDENS]
 *
 * FOLDER may also come from the environment, as CORPUS. GOLDENS is a folder that tools/fixtures/golden_json.py made; without
 * it that script is run (Python 3 with pydicom). Prints a line per failure and ends with `N passed, N failed`.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

import { checkFile, type ManifestFile, refusal } from '../golden/check-file.js';
import { type GoldenMembers } from '../golden/compare-members.js';

const folder = resolve(process.argv[2] ?? process.env['CORPUS'] ?? '');
const given = process.argv[3];
const manifestPath = join(folder, 'MANIFEST.json');
if ((process.argv[2] ?? process.env['CORPUS']) === undefined || !existsSync(manifestPath)) {
  console.error(`There is no corpus: ${manifestPath} does not exist. Name a folder with a MANIFEST.json.`);
  process.exit(1);
}

const { files } = JSON.parse(readFileSync(manifestPath, 'utf8')) as { files: ManifestFile[] };
const goldens = given ?? mkdtempSync(join(tmpdir(), 'isocenter-goldens-'));
let failed = 0;
try {
  if (given === undefined) execFileSync('python3', [resolve(import.meta.dirname, '../../../../tools/fixtures/golden_json.py'), folder, goldens], { stdio: ['ignore', 'ignore', 'inherit'] });
  for (const entry of files) {
    const problems = await check(entry);
    if (problems.length === 0) continue;
    failed++;
    console.log(`${entry.path}: ${problems.join('; ')}`);
  }
} finally {
  if (given === undefined) rmSync(goldens, { recursive: true, force: true });
}
if (files.length === 0) console.log('The manifest names no file.');
console.log(`${files.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 && files.length > 0 ? 0 : 1;

async function check(entry: ManifestFile): Promise<string[]> {
  try {
    const bytes = readFileSync(join(folder, entry.path));
    if (entry.path.startsWith('invalid/')) return (await refusal(bytes)) === undefined ? ['was not refused'] : [];
    const golden = JSON.parse(readFileSync(join(goldens, `${entry.path}.json`), 'utf8')) as GoldenMembers;
    return await checkFile(bytes, entry, golden);
  } catch (error) {
    return [String(error)];
  }
}
