import { cpus, release, totalmem } from 'node:os';
import { call } from '../support/http-call.js';
import { orthancIsInstalled, startOrthanc } from '../support/orthanc-process.js';

/** What the numbers were taken on, in one line. */
export const describeMachine = (): string => {
  const model = cpus()[0]?.model ?? 'unknown processor';
  return `${cpus().length} × ${model}, ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release()}, Node ${process.version}`;
};

export const orthancVersion = async (below: string): Promise<string> => {
  if (!orthancIsInstalled()) return 'no Orthanc';
  const orthanc = await startOrthanc({ below });
  try {
    const version = async (path: string): Promise<string> => {
      const { body } = await call(`${orthanc.baseUrl}${path}`);
      return (JSON.parse(body.toString('utf8')) as { Version: string }).Version;
    };
    return `Orthanc ${await version('/system')} with DICOMweb plugin ${await version('/plugins/dicom-web')}`;
  } finally {
    await orthanc.end();
  }
};
