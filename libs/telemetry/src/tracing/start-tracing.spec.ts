import { describe, expect, it } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = dirname(dirname(fileURLToPath(import.meta.url)));
/** What each file of the library imports as it is loaded, types aside. */
const loaded = (file: string): string[] => [...readFileSync(`${folder}/${file}`, 'utf8').matchAll(/^(?:import|export) (?!type ).*?from '([^']+)'/gm)].map(([, from]) => from!);
const files = globSync('**/*.ts', { cwd: folder, exclude: (name) => name.endsWith('.spec.ts') });

describe('while traces are off', () => {
  it('given what a process loads, then nothing of the SDK that makes and sends spans is of it', () => {
    const sdk = files.filter((file) => loaded(file).some((from) => /sdk-trace|exporter-trace/.test(from)));
    expect(sdk).toEqual(['tracing/export-spans.ts']);
    expect(files.filter((file) => loaded(file).some((from) => from.endsWith('/export-spans.js')))).toEqual([]);
  });
});
