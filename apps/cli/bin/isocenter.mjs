#!/usr/bin/env node
// npx isocenter …: builds itself when it stands in a checkout, as npm start does, and runs.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const app = dirname(import.meta.dirname);
const compiler = join(app, '../../node_modules/typescript7/bin/tsc');

if (Number(process.versions.node.split('.')[0]) < 24) {
  process.stderr.write(`isocenter needs Node.js 24 or later, this is ${process.version}. Run it as "npx isocenter" in the repository: npm ci brings the right one on Linux.\n`);
  process.exit(2);
}
if (existsSync(join(app, 'src')) && existsSync(compiler)) {
  const { status } = spawnSync(process.execPath, [compiler, '-b', join(app, 'tsconfig.lib.json')], { stdio: ['ignore', 2, 2] });
  if (status !== 0) process.exit(2);
}
await import(join(app, 'dist/cli.js'));
