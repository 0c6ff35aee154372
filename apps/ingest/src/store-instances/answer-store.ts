import type { DialectPolicy } from '@isocenter/http';
import type { Rejected, Stored, StoreOutcome } from './store-outcome.js';

type Element = { vr: string; Value?: unknown[] };
type DataSet = Record<string, Element>;

export interface StoreAnswer {
  readonly status: 200 | 202 | 204 | 409;
  /** DICOM JSON; undefined with 204. */
  readonly body: string | undefined;
}

/** Private block of the archive's own elements in store answers (PS3.5 §7.8.1): 01 the SHA-256 of what is kept, 02 'SAME' where just that was there before. */
const PRIVATE_CREATOR = 'ISOCENTER';

function element(vr: string, ...values: readonly unknown[]): Element {
  return values.length > 0 ? { vr, Value: [...values] } : { vr };
}

/** Store Instances Response Module (PS3.18 table I.2-1) and the status that goes with it. Outcomes in the order of the parts. */
export function answerStore(outcomes: readonly StoreOutcome[], requestStudy: string | undefined, baseUrl: string, policy: DialectPolicy['store']): StoreAnswer {
  if (outcomes.length === 0) return { status: 204, body: undefined };
  const stored = outcomes.filter((outcome): outcome is Stored => outcome.kind === 'stored');
  const failed = outcomes.filter((outcome): outcome is Rejected => outcome.kind === 'rejected');
  const study = requestStudy ?? (policy.receipt ? onlyStudy(stored) : undefined);
  const body: DataSet = {
    ...(study !== undefined && stored.length > 0 && { '00081190': element('UR', `${baseUrl}/studies/${study}`) }),
    ...(failed.length > 0 && { '00081198': element('SQ', ...failed.map(failedItem)) }),
    ...(stored.length > 0 && { '00081199': element('SQ', ...stored.map((outcome) => storedItem(outcome, baseUrl, policy))) }),
  };
  return { status: statusOf(stored, failed), body: JSON.stringify(body) };
}

function statusOf(stored: readonly Stored[], failed: readonly Rejected[]): 200 | 202 | 409 {
  if (stored.length === 0) return 409;
  return failed.length > 0 || stored.some(({ warning }) => warning !== undefined) ? 202 : 200;
}

function onlyStudy(stored: readonly Stored[]): string | undefined {
  const first = stored[0]?.ids.study;
  return stored.every(({ ids }) => ids.study === first) ? first : undefined;
}

function failedItem({ ids, reason, comments }: Rejected): DataSet {
  return {
    ...(ids.sopClass ? { '00081150': element('UI', ids.sopClass) } : {}),
    ...(ids.sop ? { '00081155': element('UI', ids.sop) } : {}),
    '00081197': element('US', reason),
    ...(comments.length > 0 && { '00741048': failedAttributes(comments) }),
  };
}

function storedItem({ ids, warning, comments, sha256, again }: Stored, baseUrl: string, policy: DialectPolicy['store']): DataSet {
  return {
    '00081150': element('UI', ids.sopClass),
    '00081155': element('UI', ids.sop),
    '00081190': element('UR', `${baseUrl}/studies/${ids.study}/series/${ids.series}/instances/${ids.sop}`),
    ...(warning !== undefined && { '00081196': element('US', warning) }),
    ...(policy.receipt && { '00990010': element('LO', PRIVATE_CREATOR), '00991001': element('LO', sha256), ...(again && { '00991002': element('CS', 'SAME') }) }),
    ...((policy.failedAttributesAlways || comments.length > 0) && { '00741048': failedAttributes(comments) }),
  };
}

/** (0074,1048), an item with an ErrorComment (0000,0902) for each text. */
function failedAttributes(comments: readonly string[]): Element {
  return element('SQ', ...comments.map((comment) => ({ '00000902': element('LO', comment) })));
}
