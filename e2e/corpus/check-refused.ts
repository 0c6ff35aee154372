import { type DicomWebClient } from '../support/dicomweb-client.js';
import { call } from '../support/http-call.js';
import { type Archive } from '../support/archive.js';
import { resultOf } from './store-answer.js';

/** A900H: the instance is not valid, or no DICOM at all. */
const notValid = 43264;

/** Stores what cannot be stored: 409, the reason, and a text that says what is wrong. */
export const checkRefused = async (client: DicomWebClient, bytes: Buffer): Promise<string[]> => {
  const { status, text, stored, failed } = resultOf(await client.store([[bytes]]));
  const [failure] = failed;
  if (status !== 409 || stored.length > 0 || failed.length !== 1 || failure?.reason !== notValid) return [`the store was answered ${status}, not 409 with ${notValid}: ${text.slice(0, 300)}`];
  return failure.comments.length > 0 && failure.comments.every((comment) => typeof comment === 'string' && comment.length > 10) ? [] : ['the refusal has no text'];
};

/** What an archive holds of anything: nothing may be left where nothing was stored. */
export const checkNothingStored = async (archive: Archive): Promise<string[]> => {
  const { baseUrl } = archive;
  const problems: string[] = [];
  for (const level of ['studies', 'series', 'instances']) {
    const { body } = await call(`${baseUrl}/dicom-web/${level}`);
    if (body.toString() !== '[]') problems.push(`/${level} finds ${body.toString('utf8', 0, 200)}`);
  }
  const feed = await call(`${baseUrl}/v2/changefeed?includeMetadata=false`);
  if (feed.body.toString() !== '[]') problems.push(`the change feed has ${feed.body.toString('utf8', 0, 200)}`);
  const left = [...(await archive.listObjects()), ...(await archive.listUnfinishedObjects())];
  if (left.length > 0) problems.push(`the object store has ${left.slice(0, 5).join(', ')}`);
  return problems;
};
