import { walkFiles } from './walk-files.js';

/** All that there is to do, as far as it has been counted. */
export interface Counted {
  files: number;
  bytes: number;
  /** Whether that is all. */
  complete: boolean;
}

/** Goes through the folders beside the upload, so that the progress can tell what is left; `counted` grows meanwhile. */
export async function countFiles(paths: readonly string[], counted: Counted, until: AbortSignal): Promise<void> {
  for await (const found of walkFiles(paths)) {
    if (until.aborted) return;
    counted.files += 1;
    if (found.kind === 'file') counted.bytes += found.file.size;
  }
  counted.complete = true;
}
