/**
 * What became of a command. `index` makes all but `void`, which the asker inserts at the deadline: the first insert wins,
 * so a command that got a 503 never happens.
 */
export type Decision =
  | { readonly kind: 'created'; readonly version: string }
  | { readonly kind: 'replaced'; readonly version: string }
  /** The same bytes are there already. */
  | { readonly kind: 'same'; readonly version: string }
  /** Other bytes are there under the same UIDs. */
  | { readonly kind: 'conflict'; readonly version: string }
  /** A delete of this instance is not finished. */
  | { readonly kind: 'doomed' }
  /** More than one transaction's worth: the decision `{id}/end` tells when all is gone. */
  | { readonly kind: 'deleting' }
  | { readonly kind: 'updated'; readonly version: string }
  /** What an update was made from is not the instance of now any more, or is being deleted. */
  | { readonly kind: 'outdated' }
  | { readonly kind: 'refreshed' }
  /** `mended`: none of the differences is left. */
  | { readonly kind: 'study-checked'; readonly differences: readonly LevelDifference[]; readonly mended: boolean }
  /** `levelsChanged`: it brings other attributes to its study or series than before, which are to be refreshed. */
  | { readonly kind: 'restored'; readonly levelsChanged?: boolean }
  /** The study is yet to be brought back by a rebuild, and accepts nothing until then. */
  | { readonly kind: 'rebuilding' }
  /** More than one transaction's worth: the decision `{id}/end` tells when all is done. */
  | { readonly kind: 'reindexing' }
  /** So many instances were looked through; so many values of tags could not be taken. */
  | { readonly kind: 'reindexed'; readonly count: number; readonly errors: number }
  | { readonly kind: 'deleted'; readonly count: number }
  | { readonly kind: 'not-found' }
  /** It reached `index` after its deadline. */
  | { readonly kind: 'late' }
  | { readonly kind: 'void' }
  /** It could not be read or decided; it is in the dead letters. */
  | { readonly kind: 'failed'; readonly text: string };

/** What is wrong with the row of a study, or of a series of it, in words that hold nothing of a patient. */
export interface LevelDifference {
  /** '' of the study. */
  readonly series: string;
  readonly what: string;
}

export function encodeDecision(decision: Decision): string {
  return JSON.stringify(decision);
}

export function decodeDecision(text: string): Decision {
  return JSON.parse(text) as Decision;
}

/** How commands of one replica were decided: committed decisions, which never change. */
export interface DecidedCommand {
  readonly id: string;
  readonly decision: Decision;
}

/** Value of `isocenter.commands-decided.v1`: a JSON array of [command id, decision]. */
export function encodeOutcomes(decided: readonly DecidedCommand[]): Buffer {
  return Buffer.from(JSON.stringify(decided.map(({ id, decision }) => [id, decision])));
}

export function decodeOutcomes(value: Buffer): DecidedCommand[] {
  return (JSON.parse(value.toString()) as [string, Decision][]).map(([id, decision]) => ({ id, decision }));
}
