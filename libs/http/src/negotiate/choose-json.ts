import { NotAcceptable } from '../errors/http-errors.js';
import { type AcceptRange } from './parse-accept.js';

export const dicomJson = 'application/dicom+json';

const meansDicomJson: ReadonlySet<string> = new Set([dicomJson, 'application/json', 'application/*', '*/*']);

/**
 * Metadata, search results and store responses exist as DICOM JSON only. Members of the Accept header that are unknown
 * do no harm; 406 only when none matches. Throws `NotAcceptable`.
 */
export function chooseDicomJson(ranges: readonly AcceptRange[]): typeof dicomJson {
  const refused = ranges.some(({ type, quality }) => type === dicomJson && quality === 0);
  if (!refused && ranges.some(({ type, quality }) => quality > 0 && meansDicomJson.has(type))) return dicomJson;
  throw new NotAcceptable(`The Accept header has no media type in which this resource exists; allowed: ${dicomJson}.`);
}
