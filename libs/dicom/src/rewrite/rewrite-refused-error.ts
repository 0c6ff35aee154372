import { tagText } from '../scan/dicom-parse-error.js';

/** A change cannot be written into this file. The text names the attribute and the reason, never a value. */
export class RewriteRefusedError extends Error {
  override readonly name = 'RewriteRefusedError';

  constructor(tag: number, reason: string) {
    super(`${tagText(tag)} ${reason}`);
  }
}
