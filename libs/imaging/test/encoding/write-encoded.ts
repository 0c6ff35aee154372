/**
 * node … write-encoded.ts FOLDER: every encoding case, and those of the grid that are taken, as a codestream and its samples, and INDEX.json that describes them, for
 * tools/fixtures/check_encoded.py.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { interleaved } from '../../src/samples/interleaved.js';
import { encodeCase, encodingCases, gridCases } from './encoding-cases.js';

const folder = process.argv[2] ?? '';
mkdirSync(folder, { recursive: true });
const index: object[] = [];
for (const one of [...(await encodingCases()), ...gridCases()]) {
  const { bytes, image } = await encodeCase(one);
  const file = String(index.length);
  writeFileSync(join(folder, `${file}.code`), bytes);
  writeFileSync(join(folder, `${file}.raw`), interleaved(one.raw).pixels);
  index.push({ file, name: one.name, group: one.group ?? one.name, transfer_syntax: one.transferSyntaxUid, lossy: one.isLossy, colours: one.raw.image.photometricInterpretation, image });
}
writeFileSync(join(folder, 'INDEX.json'), JSON.stringify(index));
