import { createHash } from 'node:crypto';

/** The same UID for the same words (PS3.5 annex B.2 form); runs with different seeds never meet. */
export const uidOf = (...words: readonly (string | number)[]): string => {
  const digest = createHash('sha256').update(words.join('/')).digest('hex');
  return `2.25.${BigInt(`0x1${digest.slice(0, 28)}`).toString()}`;
};
