/**
 * node … write-encoded.ts FOLDER: every encoding case as a codestream and its samples, and INDEX.json that describes them, for
 * tools/fixtures/check_encoded.py.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { interleaved } from '../../src/samples/interleaved.js';
import { encodeCase, encodingCases } from './encoding-cases.js';

const folder = process.argv[2] ?? '';
mkdirSync(folder, { recursive: true });
const index: object[] = [];
for (const one of await encodingCases()) {
  const { bytes, image } = await encodeCase(one);
  const file = String(index.length);
  writeFileSync(join(folder, `${file}.code`), bytes);
  writeFileSync(join(folder, `${file}.raw`), interleaved(one.raw).pixels);
  index.push({ file, name: one.name, transfer_syntax: one.transferSyntaxUid, lossy: one.isLossy, colours: one.raw.image.photometricInterpretation, image, sha256: createHash('sha256').update(bytes).digest('hex') });
}
writeFileSync(join(folder, 'INDEX.json'), JSON.stringify(index));
