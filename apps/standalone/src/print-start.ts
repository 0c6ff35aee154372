import type { Settings } from '@isocenter/config';
import { viewerAddress } from '@isocenter/gateway';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { RunningProcess } from '@isocenter/service-process';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };

/** One block that says where the archive is and how to use it. On standard error, since standard output holds the JSON log. */
export function printStart(settings: Settings, { address, metricsPort }: RunningProcess): void {
  const viewer = viewerAddress(settings.viewer, address);
  const lines = [
    `isocenter ${version}`,
    '',
    `  DICOMweb      ${address}/dicom-web    standard clients and viewers`,
    `  Azure DICOM   ${address}/v2           clients of the Azure DICOM service`,
    `  change feed   ${address}/v2/changefeed`,
    ...(viewer === undefined ? [] : [`  viewer        ${viewer}`]),
    `  health        ${address}/health/check`,
    ...(metricsPort === 0 ? [] : [`  metrics       http://${settings.host}:${metricsPort}/metrics`]),
    `  data          ${resolve(settings.dataDir)}`,
    `  access        ${settings.apiKeysFile === undefined ? 'anonymous, from this machine only' : `API keys of ${settings.apiKeysFile}`}`,
    '',
    '  upload a file:',
    `    curl -H 'Content-Type: application/dicom' --data-binary @image.dcm ${address}/dicom-web/studies`,
    '',
  ];
  process.stderr.write(`${lines.join('\n')}\n`);
}
