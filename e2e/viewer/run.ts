import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DicomWebClient } from '../support/dicomweb-client.js';
import { startOrthanc } from '../support/orthanc-process.js';
import { startArchive } from '../support/archive.js';
import { workspaceRoot } from '../support/workspace.js';
import { ctInstance } from '../support/synthetic-instance.js';
import { uidOf } from '../support/uid.js';
import { driveViewer } from './drive-viewer.js';
import { fetchViewer } from './fetch-viewer.js';
import { serveViewer } from './serve-viewer.js';

/**
 * `npm run test:viewer`: the released OHIF viewer in a real browser, against the archive from another origin. With
 * `--orthanc` against Orthanc, through the viewer's own origin, to tell a fault of the test from one of the archive.
 */
const { values } = parseArgs({ options: { orthanc: { type: 'boolean', default: false } } });

const studies = ['VIEW-1', 'VIEW-2', 'VIEW-3'].map((patientId) => ({ patientId, patientName: `Viewer^${patientId}`, studyInstanceUid: uidOf('viewer', patientId) }));
const slices = 20;

const storeStudies = async (client: DicomWebClient): Promise<void> => {
  for (const study of studies) {
    const instances = Array.from({ length: slices }, (_, at) => ctInstance({
      ...study, seriesInstanceUid: uidOf(study.studyInstanceUid, 'series'), sopInstanceUid: uidOf(study.studyInstanceUid, at), instanceNumber: at + 1,
    }, 256, 256));
    const answer = await client.store(instances);
    if (answer.status !== 200) throw new Error(`The studies were not stored: ${answer.status} ${answer.body.toString('utf8', 0, 500)}`);
  }
};

const dist = await fetchViewer();
const archive = values.orthanc ? await startOrthanc() : await startArchive();
try {
  const root = `${archive.baseUrl}/dicom-web`;
  await storeStudies(new DicomWebClient(root));
  const viewer = await serveViewer(dist, root, values.orthanc);
  try {
    const result = await driveViewer({
      origin: viewer.origin, archive: values.orthanc ? `${viewer.origin}/archive` : root, patientIds: studies.map(({ patientId }) => patientId),
      studyInstanceUid: studies[0]?.studyInstanceUid ?? '', reports: join(workspaceRoot, 'reports'),
    });
    const good = result.refused.length === 0;
    process.stdout.write(`${good ? 'passed' : 'failed'}: ${result.requests} requests to the archive, ${result.refused.length} refused, ${Math.round(result.lit * 100)} % of the viewport lit\n${result.refused.map((one) => `  ${one}\n`).join('')}`);
    process.exitCode = good ? 0 : 1;
  } finally {
    await viewer.close();
  }
} finally {
  await archive.end();
}
