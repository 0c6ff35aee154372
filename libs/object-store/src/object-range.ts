/** A range that no object can have is a programmer's mistake. */
export const demandRange = (offset: number, length: number): void => {
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(length) || offset < 0 || length < 0) {
    throw new TypeError(`A range has an offset and a length that are whole numbers from 0; this one has ${offset} and ${length}.`);
  }
};
