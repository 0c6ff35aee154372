import { BadRequest } from '@isocenter/http';

/** Throws BadRequest. */
export function parseFrameNumber(text: string): number {
  const number = /^ *[0-9]{1,10} *$/.test(text) ? Number(text) : 0;
  if (number >= 1) return number;
  throw new BadRequest(`The frame '${text.slice(0, 80)}' is not valid; allowed is one whole number from 1.`);
}
