/**
 * `lost`: acknowledged, and not there. `altered`: there, and other than acknowledged. `unasked`: there, and nobody asked for it
 * or its refusal or delete was acknowledged. `unanswered`: an answer that this request may not get, or none.
 */
export type FindingKind = 'lost' | 'altered' | 'unasked' | 'gap' | 'duplicate' | 'orphan' | 'unanswered' | 'ended';

/** What a check found wrong: a sentence, and a kind to count it by. */
export interface Finding {
  readonly kind: FindingKind;
  readonly text: string;
}

export const finding = (kind: FindingKind, text: string): Finding => ({ kind, text });

/** A finding that ends the work at once, since the model of what was acknowledged no longer holds. */
export class Contradiction extends Error implements Finding {
  override readonly name = 'Contradiction';

  constructor(readonly kind: FindingKind, readonly text: string) {
    super(text);
  }
}
