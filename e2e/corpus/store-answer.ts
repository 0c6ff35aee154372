import { type JsonDataset } from '../support/dicomweb-client.js';
import { type Answer } from '../support/http-call.js';

export interface StoreAnswer {
  readonly status: number;
  readonly text: string;
  /** SOP Instance UIDs of ReferencedSOPSequence. */
  readonly stored: readonly unknown[];
  readonly failed: readonly FailedInstance[];
}

export interface FailedInstance {
  readonly reason: unknown;
  /** Texts of FailedAttributesSequence. */
  readonly comments: readonly unknown[];
}

/** The answer of a STOW-RS request; no instances when it is not DICOM JSON. */
export const resultOf = ({ status, headers, body }: Answer): StoreAnswer => {
  const text = body.toString('utf8');
  const dataset = headers['content-type']?.startsWith('application/dicom+json') === true ? (JSON.parse(text) as JsonDataset) : {};
  return {
    status, text,
    stored: items(dataset, '00081199').map((item) => item['00081155']?.Value?.[0]),
    failed: items(dataset, '00081198').map((item) => ({ reason: item['00081197']?.Value?.[0], comments: items(item, '00741048').map((comment) => comment['00000902']?.Value?.[0]) })),
  };
};

const items = (dataset: JsonDataset, tag: string): JsonDataset[] => (dataset[tag]?.Value ?? []) as JsonDataset[];
