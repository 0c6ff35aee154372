export type Level = 'study' | 'series' | 'instance';

/** The columns that can be searched, named as in the rows. */
export type SearchColumn =
  | 'study' | 'series' | 'sop'
  | 'patientId' | 'patientName' | 'birthDate' | 'accessionNumber' | 'referringPhysician' | 'studyDate' | 'studyTime' | 'studyId' | 'description' | 'modalities'
  | 'modality' | 'manufacturerModel' | 'performedStartDate' | 'seriesNumber' | 'seriesDescription'
  | 'sopClass' | 'instanceNumber';

export type Predicate =
  /** The column equals one of the values (at least one). */
  | { readonly kind: 'equals'; readonly column: SearchColumn; readonly values: readonly (string | number)[] }
  /** Both ends inclusive; an absent end is open. */
  | { readonly kind: 'range'; readonly column: SearchColumn; readonly from?: string | number; readonly to?: string | number }
  /** `*` any characters, `?` one character (PS3.4 C.2.2.2.4); the pattern is normalised as the column is. */
  | { readonly kind: 'wildcard'; readonly column: SearchColumn; readonly pattern: string }
  /** Every prefix starts a word of the name. */
  | { readonly kind: 'words'; readonly column: 'patientName' | 'referringPhysician'; readonly prefixes: readonly string[] }
  /** One of the series' modalities is one of the values. */
  | { readonly kind: 'modalities'; readonly values: readonly string[] }
  | TagPredicate;

/** The study, series or instance has such a value for an extended query tag. */
export interface TagPredicate {
  readonly kind: 'tag';
  readonly level: Level;
  /** Key of the tag. */
  readonly tag: number;
  /** Person names are stored with all their groups, `alphabetic=ideographic=phonetic`; what is looked for is the first group, or all. */
  readonly isName: boolean;
  readonly match: TagMatch;
}

/** As the predicates of columns; values are normalised texts. */
export type TagMatch =
  | { readonly kind: 'equals'; readonly value: string }
  | { readonly kind: 'range'; readonly from?: string; readonly to?: string }
  | { readonly kind: 'wildcard'; readonly pattern: string }
  | { readonly kind: 'words'; readonly prefixes: readonly string[] };

/** A query, parsed once; each adapter compiles it to its own language. Newest first. */
export interface SearchPlan {
  readonly level: Level;
  readonly partition: number;
  /** UIDs of the resource's path. */
  readonly study?: string;
  readonly series?: string;
  readonly predicates: readonly Predicate[];
  /** Levels above `level` whose attributes the answer holds. */
  readonly withStudy: boolean;
  readonly withSeries: boolean;
  readonly offset: number;
  readonly limit: number;
}

/** The parts of a match that an answer is joined from. Members as in rows.ts. */
export interface SearchHit {
  readonly study: string;
  readonly series?: string;
  readonly sop?: string;
  readonly studyAzureDefault?: string;
  readonly studyAttributes?: string;
  readonly seriesCount?: number;
  readonly studyInstanceCount?: number;
  readonly modalities?: string;
  readonly seriesAzureDefault?: string;
  readonly seriesAttributes?: string;
  readonly seriesInstanceCount?: number;
  readonly instanceAttributes?: string;
  readonly transferSyntax?: string;
}
