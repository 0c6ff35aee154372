import { BadRequest, FRAME_LIST, MAX_FRAMES } from '@isocenter/http';

/** Frame numbers of a path, from 1, in the order asked (PS3.18 §8.2). Throws BadRequest. */
export function parseFrameList(text: string): number[] {
  const numbers = FRAME_LIST.test(text) ? text.split(',').map(Number) : [];
  if (numbers.length > 0 && numbers.length <= MAX_FRAMES) return numbers;
  throw new BadRequest(`The frame list '${text.slice(0, 80)}' is not valid; allowed are up to ${MAX_FRAMES} whole numbers from 1, separated by commas.`);
}
