/**
 * Words for Failure Reason (0008,1197) and Warning Reason (0008,1196): PS3.18 tables I.2-2 and I.2-3, PS3.4 table B.2-1, and
 * the codes that the Azure DICOM service has beside them.
 */
const words: ReadonlyMap<number, string> = new Map([
  [1, 'some attributes are not valid: they are kept in the file and left out of the index'],
  [272, 'the archive failed to process it'],
  [290, 'the archive does not store this SOP class'],
  [43264, 'it is not valid, or no DICOM'],
  [43265, 'it is of another study than the URL names'],
  [45056, 'some elements were changed'],
  [45062, 'some elements were discarded'],
  [45063, 'the data set does not match its SOP class'],
  [45070, 'an instance with these UIDs and other bytes is stored already'],
  [45071, 'a delete of this instance is not finished yet'],
  [49442, 'the archive does not take this transfer syntax'],
]);

/** Of codes that come in groups, first and last. */
const groups: readonly (readonly [from: number, to: number, words: string])[] = [
  [0xa700, 0xa7ff, 'the archive is out of resources'],
  [0xa900, 0xa9ff, 'the data set does not match its SOP class'],
  [0xc000, 0xcfff, 'the archive cannot understand it'],
];

/** A reason as a person reads it, with its code. */
export function describeReason(code: number): string {
  const text = words.get(code) ?? groups.find(([from, to]) => code >= from && code <= to)?.[2] ?? 'a reason that has no name here';
  return `${text} (${code})`;
}

/** The instance is stored already; whether with the same bytes, the comment says. */
export const ALREADY_EXISTS = 45070;
/** Goes away by itself: the request may be repeated when the delete is done. */
export const BEING_DELETED = 45071;
