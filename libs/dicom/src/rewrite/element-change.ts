/** The new value of one element of the root; `text` has its values separated by backslashes, '' for an empty element. */
export interface ElementChange {
  readonly tag: number;
  /** A VR of text (PS3.5 table 6.2-1). */
  readonly vr: string;
  readonly text: string;
}
