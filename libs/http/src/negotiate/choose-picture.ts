import { NotAcceptable } from '../errors/http-errors.js';
import { type AcceptRange } from './parse-accept.js';

/** Media types of rendered images (PS3.18 §8.7.4). */
export type PictureType = 'image/jpeg' | 'image/png' | 'image/gif' | 'image/webp';

/**
 * The picture that a client takes, best first; a wildcard takes the first one that there is. Throws `NotAcceptable`.
 *
 * @param types what there is
 */
export function choosePicture(ranges: readonly AcceptRange[], types: readonly PictureType[]): PictureType {
  const welcome = ranges.filter(({ quality }) => quality > 0);
  for (const { type } of welcome) {
    if (type === '*/*' || type === 'image/*') return types[0]!;
    const named = types.find((one) => one === type || (one === 'image/jpeg' && type === 'image/jpg'));
    if (named !== undefined) return named;
  }
  throw new NotAcceptable(`The Accept header has no form in which rendered images exist; allowed: ${types.join(', ')}, image/* or */*.`);
}
