export interface Exclusion {
  /** Operation of the document. */
  readonly operationId: string;
  readonly why: string;
  /** The tests that stand in for it, `file › group › name`, as in docs/conformance. */
  readonly tests: readonly string[];
}

/** What Schemathesis does not ask. */
export const exclusions: readonly Exclusion[] = [
  {
    operationId: 'streamChanges',
    why: 'Its answer has no end.',
    tests: [
      'change-feed › Change feed stream › given fromSequence, then events from there, whose id is the sequence',
      'change-feed › Change feed stream › given Last-Event-ID, then what comes behind it, and it beats fromSequence',
      'change-feed › Change feed stream › given %s, then 400',
      'change-feed › Change feed stream › given a Last-Event-ID that is no sequence, then 400',
    ],
  },
];

export interface UncheckedRule {
  /** A check of Schemathesis. */
  readonly check: string;
  readonly why: string;
}

export const uncheckedRules: readonly UncheckedRule[] = [
  { check: 'positive_data_acceptance', why: 'A schema cannot say that a date is one of the calendar, that a start lies before an end, or that a partition exists: 400 is in the document.' },
  { check: 'missing_required_header', why: 'No operation has a required header but Authorization, which ignored_auth checks.' },
];
