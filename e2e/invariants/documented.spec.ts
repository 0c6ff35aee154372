import { describe, expect, it } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from '../support/workspace.js';

const page = readFileSync(join(workspaceRoot, 'docs/invariants.md'), 'utf8');
const rows = page.split('\n').filter((line) => /^\| I\d+ \|/.test(line));
const proofs = rows.flatMap((row) => [...row.matchAll(/`([\w./-]+\.ts)`(?: "([^"]+)")?/g)].map(([, file, name]) => ({ file: file!, name })));

describe('docs/invariants.md', () => {
  it('has the ten invariants in order', () => {
    expect(rows.map((row) => row.split('|')[1]?.trim())).toEqual(Array.from({ length: 10 }, (_none, at) => `I${at + 1}`));
  });

  it.each(proofs)('names $file, which is there and has the test "$name"', ({ file, name }) => {
    // Quotes inside of names are escaped in the source.
    const source = readFileSync(join(workspaceRoot, file), 'utf8').replaceAll("\\'", "'");
    if (name !== undefined) expect(source).toContain(name);
  });

  it('names every suite of this folder and of the corpus', () => {
    const suites = globSync('e2e/{invariants,corpus}/*.{e2e,standalone}-spec.ts', { cwd: workspaceRoot });
    expect(suites.length).toBeGreaterThan(5);
    expect(suites.filter((suite) => !proofs.some(({ file }) => file === suite))).toEqual([]);
  });
});
