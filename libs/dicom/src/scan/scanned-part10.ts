import { type ScannedFile } from '../element-table.js';

/** What `Part10Scanner` hands back. */
export interface ScannedPart10 extends ScannedFile {
  /** Six bytes a fragment: its first four and its last two, zero where it is shorter. They show where frames begin. */
  readonly fragmentEdges: Uint8Array;
  /** Rows of the sequences in whose items values are fragments, which icons are, and of the sequences of the root that are these or have them in them. */
  readonly icons: { readonly sequences: ReadonlySet<number>; readonly roots: ReadonlySet<number> };
}
