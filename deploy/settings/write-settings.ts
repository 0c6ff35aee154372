import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspace } from '../local/workspace.js';
import { generatedFiles } from './generated-files.js';

for (const [name, make] of Object.entries(generatedFiles)) {
  const file = join(workspace, name);
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const made = make(text);
  if (made !== text) writeFileSync(file, made);
  process.stdout.write(`${made === text ? 'as it was' : 'written'}  ${name}\n`);
}
