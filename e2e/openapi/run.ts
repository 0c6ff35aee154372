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
 * `npm run test:openapi`: Schemathesis against the document of each dialect of a running archive, the same requests in each run
 * unless `--seed` says otherwise, more of them with `--examples`; and the pages of `/docs` in a browser. An operation is one test, a page too.
 */
const { values } = parseArgs({ options: { seed: { type: 'string', default: '20260701' }, examples: { type: 'string', default: '10' } } });

/** The others lead to the same code by other policies: a part of the requests is enough. */
const documents: readonly { readonly dialect: Dialect; readonly root: string; readonly page: string; readonly share: number }[] = [
  { dialect: 'azure-v2', root: 'v2', page: '/docs', share: 1 },
  { dialect: 'azure-v1', root: 'v1', page: '/docs?v1', share: 0.2 },
  { dialect: 'dicom-web', root: 'dicom-web', page: '/docs?dicom-web', share: 0.2 },
];
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
  let [passed, failed] = [0, 0];
  for (const { dialect, root, page, share } of documents) {
    const examples = Math.ceil(Number(values.examples) * share);
    const verdict = await runSchemathesis({ baseUrl, root, authorization: key.authorization, file, paths, seed: Number(values.seed), examples, folder });
    const wrong = await checkDocsPage(baseUrl, page, operationsOf(dialect));
    for (const text of wrong) process.stdout.write(`${page}: ${text}\n`);
    passed += verdict.passed + (wrong.length === 0 ? 1 : 0);
    failed += verdict.failed + (wrong.length === 0 ? 0 : 1);
  }
  process.stdout.write(`${passed} passed, ${failed} failed\n`);
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  await archive.end();
  await rm(keys, { recursive: true, force: true });
}
