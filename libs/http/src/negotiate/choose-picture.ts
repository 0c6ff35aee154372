import { NotAcceptable } from '../errors/http-errors.js';
import { type AcceptRange } from './parse-accept.js';
import { takesType } from './takes-type.js';

/** Media types of rendered images (PS3.18 §8.7.4). */
export type PictureType = 'image/jpeg' | 'image/png' | 'image/gif' | 'image/webp';

/**
 * The picture that a client takes, best first; a wildcard takes the first one that is not refused by name. Throws `NotAcceptable`.
 *
 * @param types what there is
 */
export function choosePicture(ranges: readonly AcceptRange[], types: readonly PictureType[]): PictureType {
  const taken = types.filter((type) => takesType(ranges, type) || (type === 'image/jpeg' && ranges.some(({ type: named, quality }) => named === 'image/jpg' && quality > 0)));
  for (const { type } of ranges) {
    const first = taken.find((one) => one === type || type === '*/*' || type === 'image/*' || (one === 'image/jpeg' && type === 'image/jpg'));
    if (first !== undefined) return first;
  }
  throw new NotAcceptable(`The Accept header has no form in which rendered images exist; allowed: ${types.join(', ')}, image/* or */*.`);
}
