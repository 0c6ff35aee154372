import { BadRequest } from '@isocenter/http';

/** More frames than that fit into no URI of 8,192 characters. */
const MAX_FRAMES = 4096;

/** Frame numbers of a path, from 1, in the order asked (PS3.18 §8.2). Throws BadRequest. */
export function parseFrameList(text: string): number[] {
  const numbers = text.split(',').map((part) => (/^\s*\d{1,10}\s*$/.test(part) ? Number(part) : 0));
  if (numbers.length > MAX_FRAMES || numbers.some((number) => number < 1)) {
    throw new BadRequest(`The frame list '${text.slice(0, 80)}' is not valid; allowed are up to ${MAX_FRAMES} whole numbers from 1, separated by commas.`);
  }
  return numbers;
}
