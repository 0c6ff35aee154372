import { instancePath, type DicomWebClient } from '../support/dicomweb-client.js';
import { call } from '../support/http-call.js';
import { resultOf } from './store-answer.js';
import { checkFrames } from './check-frames.js';
import { checkMetadata } from './check-metadata.js';
import { type StorableFile } from './prepare-corpus.js';

/** Stores a file and reads it back in every way that there is; what is wrong, a line each. */
export const checkRoundTrip = async (client: DicomWebClient, stored: StorableFile): Promise<string[]> => {
  if ('error' in stored.golden) return [`there is no golden JSON: ${JSON.stringify(stored.golden['error'])}`];
  const answer = resultOf(await client.store([[stored.bytes]]));
  if (answer.stored.length !== 1 || ![200, 202].includes(answer.status)) return [`the store was answered ${answer.status}: ${answer.text}`];
  return [
    ...(answer.stored[0] === stored.of.sopInstanceUid ? [] : [`the store's answer names ${String(answer.stored[0])}`]),
    ...await checkSearch(client, stored),
    ...await checkMetadata(client, stored),
    ...await checkBytes(client, stored),
    ...await checkFrames(client, stored),
  ];
};

const checkSearch = async (client: DicomWebClient, { of, sopClassUid }: StorableFile): Promise<string[]> => {
  const levels = [
    { query: `/studies?StudyInstanceUID=${of.studyInstanceUid}`, wanted: { '0020000D': of.studyInstanceUid } },
    { query: `/studies/${of.studyInstanceUid}/series?SeriesInstanceUID=${of.seriesInstanceUid}`, wanted: { '0020000D': of.studyInstanceUid, '0020000E': of.seriesInstanceUid } },
    { query: `/instances?SOPInstanceUID=${of.sopInstanceUid}`, wanted: { '0020000D': of.studyInstanceUid, '0020000E': of.seriesInstanceUid, '00080018': of.sopInstanceUid, '00080016': sopClassUid } },
  ];
  const problems: string[] = [];
  for (const { query, wanted } of levels) {
    const hits = await client.search(query);
    const [hit] = hits;
    const found = Object.entries(wanted).every(([tag, value]) => hit?.[tag]?.Value?.[0] === value);
    if (hits.length !== 1 || !found) problems.push(`${query} found ${hits.length}${hits.length === 1 ? `: ${JSON.stringify(hit).slice(0, 200)}` : ''}`);
  }
  return problems;
};

/** I2: byte for byte, the preamble zeroed where there is one. */
const checkBytes = async (client: DicomWebClient, { of, bytes }: StorableFile): Promise<string[]> => {
  const hasPreamble = bytes.toString('latin1', 128, 132) === 'DICM';
  const wanted = hasPreamble ? Buffer.concat([Buffer.alloc(128), bytes.subarray(128)]) : bytes;
  const [part, ...others] = await client.retrieve(instancePath(of));
  const single = await call(`${client.root}${instancePath(of)}`, { headers: { accept: 'application/dicom; transfer-syntax=*' } });
  return [
    ...(part?.body.equals(wanted) === true && others.length === 0 ? [] : ['retrieved as multipart it is another file']),
    ...(single.body.equals(wanted) ? [] : [`retrieved alone it is another file (${single.status})`]),
  ];
};
