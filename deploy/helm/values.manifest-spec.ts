import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { workspace } from '../local/workspace.js';
import { checkManifests } from '../manifests/check-manifests.js';
import { distributedApps } from '../settings/chart-settings.js';
import { chart } from './helm.js';
import { withValues } from './values-table.js';

const read = (name: string): Promise<string> => readFile(join(chart, name), 'utf8');
const parse = async (yaml: string): Promise<Record<string, unknown>> => (await checkManifests(yaml)).documents[0] as Record<string, unknown>;

/** Every object of the schema below a part of it. */
function objectsOf(part: unknown, path = ''): { path: string; object: Record<string, unknown> }[] {
  if (typeof part !== 'object' || part === null) return [];
  return [{ path, object: part as Record<string, unknown> }, ...Object.entries(part).flatMap(([name, inner]) => objectsOf(inner, `${path}/${name}`))];
}

test('given values.yaml and its schema, then the README says what `npm run chart:readme` makes of them', async () => {
  const readme = await read('README.md');
  expect(withValues(readme, JSON.parse(await read('values.schema.json')) as object, await parse(await read('values.yaml')))).toBe(readme);
});

test('then the schema describes every value, and lets no object have other keys', async () => {
  const objects = objectsOf(JSON.parse(await read('values.schema.json')));
  const named = objects.filter(({ path }) => /\/properties\/[^/]+$/.test(path));
  expect(named.filter(({ object }) => typeof object.description !== 'string' || object.description === '').map(({ path }) => path)).toEqual([]);
  expect(objects.filter(({ object }) => typeof object.properties === 'object' && object.properties !== null && object.additionalProperties !== false && !('type' in (object.properties as object))).map(({ path }) => path)).toEqual([]);
});

test('then the chart has the version of the archive, and its apps', async () => {
  const { version } = JSON.parse(await readFile(join(workspace, 'package.json'), 'utf8')) as { version: string };
  expect(await parse(await read('Chart.yaml'))).toMatchObject({ version, appVersion: version });
  expect(Object.keys((await parse(await read('values.yaml'))).services as object)).toEqual(distributedApps);
});
