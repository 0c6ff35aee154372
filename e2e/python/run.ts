import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startOrthanc } from '../support/orthanc-process.js';
import { startArchive } from '../support/archive.js';
import { workspaceRoot } from '../support/workspace.js';

/** `npm run test:python`: the checks of dicomweb_client_check.py, against Orthanc with `--orthanc`. */
const { values } = parseArgs({ options: { orthanc: { type: 'boolean', default: false } } });

const archive = values.orthanc ? await startOrthanc() : await startArchive();
try {
  const script = join(workspaceRoot, 'e2e/python/dicomweb_client_check.py');
  const checks = spawn('python3', [script, `${archive.baseUrl}/dicom-web`], { stdio: 'inherit' });
  const [code] = (await once(checks, 'exit')) as [number | null];
  process.exitCode = code ?? 1;
} finally {
  await archive.end();
}
