import { type JsonDataset } from '../support/dicomweb-client.js';
import { call, type Answer } from '../support/http-call.js';

export interface SearchResult {
  readonly status: number;
  readonly headers: Answer['headers'];
  readonly text: string;
  /** Empty unless the answer is a JSON array. */
  readonly found: readonly JsonDataset[];
}

/** QIDO-RS, or another resource that answers a list of data sets. */
export const search = async (root: string, pathAndQuery: string, headers: Readonly<Record<string, string>> = {}): Promise<SearchResult> => {
  const answer = await call(`${root}${pathAndQuery}`, { headers: { accept: 'application/dicom+json', ...headers } });
  const text = answer.body.toString('utf8');
  return { status: answer.status, headers: answer.headers, text, found: answer.status === 200 ? (JSON.parse(text) as JsonDataset[]) : [] };
};

/** The first value of an attribute in each of the data sets. */
export const valuesOf = (found: readonly JsonDataset[], tag: string): unknown[] => found.map((dataset) => dataset[tag]?.Value?.[0]);

/** Keys of a data set, in their order. */
export const keysOf = (dataset: JsonDataset | undefined): string[] => Object.keys(dataset ?? {}).sort();
