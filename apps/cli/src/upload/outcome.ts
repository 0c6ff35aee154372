/** What became of a file whose fate is known. */
export type Outcome =
  | { readonly kind: 'stored' }
  | { readonly kind: 'stored-with-warning'; readonly why: string }
  /** The archive had the same bytes before. */
  | { readonly kind: 'there-already' }
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'not-dicom'; readonly why: string }
  /** An earlier run stored it, by the journal. */
  | { readonly kind: 'done-before' };

/** What one request came to. */
export type Attempt =
  | Exclude<Outcome, { kind: 'not-dicom' | 'done-before' }>
  /** `away`: nobody can store anything now. `broken`: this request did not work; whether the instance is stored is not known. */
  | { readonly kind: 'again'; readonly because: 'away' | 'broken'; readonly why: string; readonly afterMs?: number }
  /** No other file would fare better. */
  | { readonly kind: 'hopeless'; readonly why: string };

export const isDone = ({ kind }: Outcome): boolean => kind === 'stored' || kind === 'stored-with-warning' || kind === 'there-already' || kind === 'done-before';
