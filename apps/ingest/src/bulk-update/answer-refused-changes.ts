import type { RefusedChanges } from './parse-bulk-update.js';

/** DICOM JSON with (0074,1048) FailedAttributesSequence, an item with an ErrorComment (0000,0902) for each attribute, as a store answers. */
export function answerRefusedChanges({ problems }: RefusedChanges): string {
  return JSON.stringify({ '00741048': { vr: 'SQ', Value: problems.map((text) => ({ '00000902': { vr: 'LO', Value: [text] } })) } });
}
