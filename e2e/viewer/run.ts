import { environmentOf, withServers } from '@isocenter/deploy';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startArchive, type Archive } from '../support/archive.js';
import { DicomWebClient } from '../support/dicomweb-client.js';
import { startStackArchive } from '../support/stack-archive.js';
import { workspaceRoot } from '../support/workspace.js';
import { driveViewer } from './drive-viewer.js';
import { fileOf, imageTypes, type ImageType } from './image-types.js';

/**
 * `npm run test:viewer`: the viewer of the archive in a real browser, with a study of each image type. With `--stack` each service as processes, on
 * servers that are started for it. The list is one test, and so is each image type; `reports/` has what they looked like.
 */
const { values } = parseArgs({ options: { stack: { type: 'boolean', default: false } } });

const look = async (archive: Archive): Promise<void> => {
  const client = new DicomWebClient(`${archive.baseUrl}/dicom-web`);
  for (const type of imageTypes) await storeUntilTaken(client, type);
  const found = await client.search('/studies?includefield=StudyDescription');
  const studies = imageTypes.map((type) => {
    const study = found.find((one) => one['00081030']?.Value?.[0] === type.name)!;
    return { ...type, studyInstanceUid: String(study['0020000D']!.Value![0]), patientName: (study['00100010']!.Value![0] as { Alphabetic: string }).Alphabetic };
  });
  const results = await driveViewer({ baseUrl: archive.baseUrl, studies, reports: join(workspaceRoot, 'reports') });
  let failed = 0;
  for (const [name, wrong] of results) {
    failed += wrong.length > 0 ? 1 : 0;
    process.stdout.write(`${wrong.length > 0 ? '✗' : '✓'} ${name}\n${wrong.map((text) => `    ${text}\n`).join('')}`);
  }
  process.stdout.write(`${results.size - failed} passed, ${failed} failed\n`);
  process.exitCode = failed > 0 ? 1 : 0;
};

/** Servers that have just been started may not be known yet to the services: 503 asks for another try. */
const storeUntilTaken = async (client: DicomWebClient, type: ImageType): Promise<void> => {
  for (const until = Date.now() + 60_000; ; ) {
    const stored = await client.store([[fileOf(type)]]);
    if (stored.status === 200) return;
    if (stored.status !== 503 || Date.now() > until) throw new Error(`${type.name} was not stored: ${stored.status} ${stored.body.toString('utf8', 0, 500)}`);
  }
};

const during = async (archive: Archive): Promise<void> => {
  try {
    await look(archive);
  } finally {
    await archive.end();
  }
};

if (values.stack) {
  await withServers(undefined, async (servers) => {
    Object.assign(process.env, environmentOf(servers), { MINIO_FOLDER: join(servers.dataDir, 'minio/objects') });
    await during(await startStackArchive({}));
  });
} else await during(await startArchive());
