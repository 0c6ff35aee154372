import { createHash } from 'node:crypto';
import { instancePath, type JsonDataset } from '../support/dicomweb-client.js';
import type { Answer } from '../support/http-call.js';
import type { Slot, Version } from './archive-model.js';
import { Contradiction } from './finding.js';
import { settled, wrongAnswer, type Requests } from './requests.js';

const instanceNumber = '00200013';

export const readOperations = ['bytes', 'metadata', 'search', 'picture'] as const;
export type ReadOperation = (typeof readOperations)[number];

interface Read {
  readonly path: (slot: Slot) => string;
  readonly accept: string;
  /** The version that the answer shows, as this says it; undefined for none. */
  readonly shown: (answer: Answer) => string | undefined;
  readonly expected: (version: Version) => string;
}

const numberIn = (answer: Answer): string | undefined => {
  if (answer.status === 204) return undefined;
  const [dataset] = JSON.parse(answer.body.toString('utf8')) as JsonDataset[];
  return dataset && String(dataset[instanceNumber]?.Value?.[0]);
};

const json = 'application/dicom+json';
const byNumber = { accept: json, shown: numberIn, expected: ({ number }: Version) => String(number) };

const reads: Readonly<Record<ReadOperation, Read>> = {
  bytes: {
    path: ({ identity }) => instancePath(identity), accept: 'application/dicom; transfer-syntax=*',
    shown: ({ body }) => createHash('sha256').update(body).digest('hex'), expected: ({ sha256 }) => sha256,
  },
  metadata: { path: ({ identity }) => `${instancePath(identity)}/metadata`, ...byNumber },
  picture: { path: ({ identity }) => `${instancePath(identity)}/rendered`, accept: 'image/jpeg', shown: ({ headers }) => headers['content-type'], expected: () => 'image/jpeg' },
  search: { path: ({ identity }) => `/studies/${identity.studyInstanceUid}/instances?SOPInstanceUID=${identity.sopInstanceUid}&includefield=${instanceNumber}`, ...byNumber },
};

/** Reads what nobody else changes meanwhile: every read sees what was acknowledged before it, and nothing that was not (I1). */
export const readSlot = async (slot: Slot, requests: Requests, operation: ReadOperation): Promise<void> => {
  const { path, accept, shown, expected } = reads[operation];
  const answer = settled(`A read of ${operation}`, await requests.send(operation, `/v2${path(slot)}`, { headers: { accept } }));
  if (answer === 'refused' || answer === 'unsure') return;
  if (answer.status !== 200 && answer.status !== 204 && answer.status !== 404) throw wrongAnswer(`A read of ${operation}`, answer);
  const found = answer.status === 404 ? undefined : shown(answer);
  const wanted = slot.current && expected(slot.current);
  if (found === wanted) return;
  const kind = found === undefined ? 'lost' : wanted === undefined ? 'unasked' : 'altered';
  throw new Contradiction(kind, `${slot.identity.sopInstanceUid}: a read of its ${operation} shows ${found?.slice(0, 12) ?? 'nothing'}, acknowledged was ${wanted?.slice(0, 12) ?? 'its delete'}.`);
};
