import { describe, expect, it } from '@jest/globals';
import { routes } from '@isocenter/http';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { workspaceRoot } from '../support/workspace.js';
import { readConformancePage } from './conformance-page.js';
import { readNamedTests, reportedAs } from './named-tests.js';

const page = readConformancePage('azure-v2');
const web = readConformancePage('dicom-web');
const tests = readNamedTests();

describe('The conformance page of the Azure dialect', () => {
  it('given the table of routes, then the page has the same routes, versions, partitions and permissions', () => {
    const inCode = routes.flatMap(({ method, path, dialects, partitioned, permission }) => {
      const versions = dialects.filter((dialect) => dialect.startsWith('azure-')).map((dialect) => dialect.slice('azure-'.length));
      return versions.length === 0 ? [] : [[method, path.replaceAll(/:(\w+)/g, '{$1}'), versions.sort().join(' '), partitioned ? 'yes' : 'no', permission].join(' ')];
    });
    expect(page.routes.map(({ cells }) => cells.slice(0, 5).join(' ')).sort()).toEqual(inCode.sort());
  });

  it('given the reason codes of the store, then the page has the same, by the same names', () => {
    const source = readFileSync(join(workspaceRoot, 'apps/ingest/src/store-instances/store-outcome.ts'), 'utf8');
    const inCode = [...source.matchAll(/export const (\w+) = \{([^}]+)\}/g)].flatMap(([, table, body]) => [...body!.matchAll(/^ {2}(\w+): (\d+),/gm)].map(([, name, code]) => `${code} ${table}.${name}`));
    expect(inCode.length).toBeGreaterThan(0);
    expect(page.reasons.map(({ cells }) => `${cells[0]} ${cells[1]}`).sort()).toEqual(inCode.sort());
  });

  it('given a test that the page names, then it is in the specs', () => {
    expect(page.tests.filter((name) => !tests.has(name))).toEqual([]);
  });

  it('given a route, a status or a reason code on the page, then it names a test', () => {
    expect([...page.routes, ...page.statuses, ...page.reasons].filter((row) => row.tests.length === 0)).toEqual([]);
  });

  it.each([...page.statuses, ...page.reasons].map(({ cells, tests: named }) => [cells[0]!, cells[1]!, named] as const))('given the code %s (%s), then a test of its row asserts it', (code, _when, named) => {
    expect(named.filter((name) => new RegExp(`\\b${code}\\b`).test(tests.get(name) ?? ''))).not.toEqual([]);
  });
});

describe('The conformance page of /dicom-web', () => {
  it('given the table of routes, then the page has those that no other dialect has, with their permissions', () => {
    const inCode = routes.filter(({ dialects }) => dialects.length === 1 && dialects[0] === 'dicom-web').map(({ method, path, permission }) => [method, path.replaceAll(/:(\w+)/g, '{$1}'), permission].join(' '));
    expect(web.routes.map(({ cells }) => cells.slice(0, 3).join(' ')).sort()).toEqual(inCode.sort());
  });

  it('given a test that the page names, then it is in the specs, and each route names one', () => {
    expect(web.tests.filter((name) => !tests.has(name))).toEqual([]);
    expect(web.routes.filter((row) => row.tests.length === 0)).toEqual([]);
  });
});

describe('reportedAs', () => {
  it('given a name with places for cases, then it matches what a run reports and nothing else', () => {
    expect(reportedAs('given %s, then 400').test('given a(b).c, then 400')).toBe(true);
    expect(reportedAs('given %s, then 400').test('given x, then 404')).toBe(false);
  });
});
