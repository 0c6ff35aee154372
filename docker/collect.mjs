// node docker/collect.mjs OUT: of the built workspace, OUT/manifests is what `npm ci` reads, OUT/app what runs, and OUT/data
// an empty folder.
import { cpSync, globSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = dirname(import.meta.dirname);
const out = process.argv[2];
const { workspaces } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

const copy = (part, files) => {
  for (const file of files) cpSync(join(root, file), join(out, part, file));
};
copy('manifests', ['package.json', 'package-lock.json', ...globSync(workspaces.map((workspace) => `${workspace}/package.json`), { cwd: root })]);
// Neither types nor what only tests use.
const code = globSync('{apps,libs}/*/{package.json,dist/**/*.{js,js.map}}', { cwd: root, exclude: ['libs/testing/**'] });
copy('app', ['package.json', 'docker/check-health.mjs', ...code]);
mkdirSync(join(out, 'data'));
