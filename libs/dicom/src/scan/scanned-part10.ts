import { type ScannedFile } from '../element-table.js';

/** What `Part10Scanner` hands back. */
export interface ScannedPart10 extends ScannedFile {
  /** Six bytes a fragment: its first four and its last two, zero where it is shorter. They show where frames begin. */
  readonly fragmentEdges: Uint8Array;
  /** Rows inside of sequences whose values are fragments: icons. */
  readonly nestedFragments: readonly number[];
}
