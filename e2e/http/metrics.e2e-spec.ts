import { expressionsOf, metricsIn, readAlertRules, readDashboard } from '@isocenter/deploy';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../invariants/until.js';
import { profile, startArchive, type Archive } from '../support/archive.js';
import { instancePath } from '../support/dicomweb-client.js';
import { call } from '../support/http-call.js';
import { workspaceRoot } from '../support/workspace.js';
import { identityOf, smallInstance } from './small-instance.js';
import { given } from './store-request.js';

let archive: Archive;
const identity = identityOf('measured');
beforeAll(async () => {
  archive = await startArchive();
  const root = `${archive.baseUrl}/dicom-web`;
  await given(root, [smallInstance(identity)]);
  await call(`${root}/studies?PatientID=none`);
  await call(`${root}${instancePath(identity)}`, { headers: { accept: '*/*' } });
  await call(`${root}/no-such-thing`);
  await call(`${root}/studies/${identity.studyInstanceUid}`, { method: 'DELETE' });
});
afterAll(() => archive.end());

/** The pages of all processes. */
const readPages = async (): Promise<string> => (await Promise.all(archive.metricsUrls.map(async (url) => (await call(url)).body.toString()))).join('\n');
const named = {
  'deploy/alerts/isocenter.rules.yaml': () => metricsIn(readAlertRules().map(({ expression }) => expression).join('\n')),
  'deploy/grafana/isocenter.json': () => metricsIn(expressionsOf(readDashboard()).join('\n')),
  'docs/operations.md': () => metricsIn(readFileSync(join(workspaceRoot, 'docs/operations.md'), 'utf8')),
};
/** What only the archive in one process has. */
const ofThisProfile = (name: string): boolean => profile === 'standalone' || !/^isocenter_(standalone|data)_/.test(name);

describe('The metrics', () => {
  it.each(Object.entries(named))('given %s, then each metric that it names is there', async (_file, names) => {
    const wanted = names().filter(ofThisProfile);
    let missing: string[] = [];
    // What is looked up from time to time is there after the first look.
    await until(`all of them are there`, async () => {
      const there = new Set(metricsIn(await readPages()));
      missing = wanted.filter((name) => !there.has(name));
      return missing.length === 0;
    }).catch(() => undefined);
    expect(missing).toEqual([]);
  });

  it('given requests of all kinds, then no label has a UID, a path or a query', async () => {
    const page = await readPages();
    expect(page).toContain('route="/studies/:study"');
    const labels = [...page.matchAll(/(\w+)="([^"]*)"/g)].filter(([, name]) => name !== 'le').map(([, , value]) => value!);
    expect(labels.filter((value) => /\d+(\.\d+){2,}|[?&=%]/.test(value))).toEqual([]);
    for (const uid of Object.values(identity)) expect(page).not.toContain(uid);
  });

  it('given their names, then they are those of Prometheus: totals of counters, units of the rest', async () => {
    const types = [...new Set([...(await readPages()).matchAll(/^# TYPE (\w+) (\w+)$/gm)].map(([, name, type]) => `${type} ${name}`))];
    expect(types.length).toBeGreaterThan(20);
    const conventional = /^(counter isocenter_\w+_total|histogram isocenter_\w+_seconds|gauge isocenter_\w+_(seconds|bytes|records|changes|writes|requests|frames|results|open|up))$/;
    expect(types.filter((type) => !conventional.test(type))).toEqual([]);
  });
});
