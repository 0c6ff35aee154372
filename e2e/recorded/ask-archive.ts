import { createHash } from 'node:crypto';
import { factsOf, identityOfFixture } from '../http/small-instance.js';
import type { Archive } from '../support/archive.js';
import { instancePath } from '../support/dicomweb-client.js';
import { call } from '../support/http-call.js';
import { elsewhere, otherPartition, recordedFixtures, replaced } from './fill-archive.js';

export interface Question {
  readonly path: string;
  readonly accept: string;
}

/** An answer as it is kept: JSON parsed (of NDJSON a list), with the address taken out; of other bodies the digest. */
export interface KeptAnswer extends Question {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly json?: unknown;
  readonly sha256?: string;
}

const json = 'application/dicom+json';
const asStored = 'application/dicom; transfer-syntax=*';
const ADDRESS = 'http://archive';

/** What is asked of a filled archive. */
export function questions(): Question[] {
  const ofInstance = (path: string, frames: number): Question[] => [
    { path: `/dicom-web${path}/metadata`, accept: json },
    { path: `/v2${path}/metadata`, accept: json },
    { path: `/dicom-web${path}`, accept: asStored },
    ...(frames > 0 ? [{ path: `/dicom-web${path}/frames/${frames}`, accept: 'application/octet-stream; transfer-syntax=*' }] : []),
  ];
  return [
    ...['/dicom-web/studies?includefield=all', '/dicom-web/series?includefield=all', '/dicom-web/instances?includefield=all', '/v2/studies', '/v2/instances'].map((path) => ({ path, accept: json })),
    ...['/dicom-web/studies?PatientName=second&fuzzymatching=true', '/dicom-web/studies?StudyDate=20260101-20260131', '/dicom-web/instances?Modality=OT', `/v2/partitions/${otherPartition}/studies`].map((path) => ({ path, accept: json })),
    { path: '/v2/changefeed/journal', accept: 'application/x-ndjson' },
    ...['/v2/partitions', '/v2/changefeed?limit=200&includeMetadata=true', '/v2/changefeed/latest'].map((path) => ({ path, accept: 'application/json' })),
    ...recordedFixtures.flatMap((path) => ofInstance(instancePath(identityOfFixture(path)), factsOf(path).frame_sha256?.length ?? 0)),
    ...ofInstance(instancePath(replaced), 1),
    { path: `/v2/partitions/${otherPartition}${instancePath(elsewhere)}`, accept: asStored },
  ];
}

export async function ask({ baseUrl }: Archive, { path, accept }: Question): Promise<KeptAnswer> {
  const { status, headers, body } = await call(`${baseUrl}${path}`, { headers: { accept } });
  const contentType = headers['content-type'];
  const kept = { path, accept, status, contentType };
  if (!contentType?.includes('json')) return { ...kept, sha256: createHash('sha256').update(body).digest('hex') };
  const text = body.toString().replaceAll(baseUrl, ADDRESS);
  return { ...kept, json: (contentType.includes('ndjson') ? text.trimEnd().split('\n').map(parse) : parse(text)) };
}

const parse = (text: string): unknown => JSON.parse(text) as unknown;

/** Paths of the values that the answers name by address. */
export function bulkQuestions(answers: readonly KeptAnswer[]): Question[] {
  const text = JSON.stringify(answers.map((answer) => answer.json));
  return [...new Set([...text.matchAll(/"BulkDataURI":"http:\/\/archive([^"]*)"/g)].map(([, path]) => path!))].map((path) => ({ path, accept: 'application/octet-stream; transfer-syntax=*' }));
}
