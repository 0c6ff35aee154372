import { makeApiDocument, type Dialect } from '@isocenter/http';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { identityOf, smallInstance } from '../http/small-instance.js';
import { given } from '../http/store-request.js';
import { newKey, writeKeys } from '../invariants/api-keys.js';
import { startArchive } from '../support/archive.js';
import { workspaceRoot } from '../support/workspace.js';
import { checkDocsPage } from './check-docs-page.js';
import { runSchemathesis } from './run-schemathesis.js';

/**
 * `npm run test:openapi`: Schemathesis against `/v2/api.yaml` of a running archive, the same requests in each run unless `--seed`
 * says otherwise; and the pages of `/docs` in a browser. An operation is one test, a page too.
 */
const { values } = parseArgs({ options: { seed: { type: 'string', default: '20260701' }, examples: { type: 'string', default: '60' } } });

const pages: readonly (readonly [string, Dialect])[] = [['/docs', 'azure-v2'], ['/docs?v1', 'azure-v1'], ['/docs?dicom-web', 'dicom-web']];
const operationsOf = (dialect: Dialect): number => Object.values(makeApiDocument(dialect).paths).flatMap((item) => Object.keys(item)).length;

const folder = join(workspaceRoot, 'reports');
await mkdir(folder, { recursive: true });
const keys = await mkdtemp(join(tmpdir(), 'isocenter-keys-'));
const key = newKey('schemathesis', ['read', 'write', 'delete', 'admin']);
await writeKeys(join(keys, 'keys.json'), [key]);
const archive = await startArchive({ env: { API_KEYS_FILE: join(keys, 'keys.json'), WEBHOOK_HOSTS: 'localhost', WEBHOOK_ALLOW_PRIVATE: 'true' } });
try {
  const { baseUrl } = archive;
  const of = identityOf('openapi');
  const file = smallInstance(of);
  const partition = 'stored';
  for (const root of ['', `/partitions/${partition}`]) await given(`${baseUrl}/v2${root}`, [file], { headers: { authorization: key.authorization } });
  const paths = { partition, study: of.studyInstanceUid, series: of.seriesInstanceUid, instance: of.sopInstanceUid, frames: '1' };
  const verdict = await runSchemathesis({ baseUrl, authorization: key.authorization, file, paths, seed: Number(values.seed), examples: Number(values.examples), folder });
  let { passed, failed } = verdict;
  for (const [page, dialect] of pages) {
    const wrong = await checkDocsPage(baseUrl, page, operationsOf(dialect));
    for (const text of wrong) process.stdout.write(`${page}: ${text}\n`);
    if (wrong.length === 0) passed += 1;
    else failed += 1;
  }
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  await archive.end();
  await rm(keys, { recursive: true, force: true });
}
