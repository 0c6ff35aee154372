/** No wait is longer. */
const LONGEST_MS = 30_000;
const FIRST_MS = 500;

/** Milliseconds until the next try after so many that failed: doubled each time, between half and all of it. */
export function backOff(failures: number): number {
  return Math.round(Math.min(LONGEST_MS, FIRST_MS * 2 ** (failures - 1)) * (0.5 + Math.random() / 2));
}
