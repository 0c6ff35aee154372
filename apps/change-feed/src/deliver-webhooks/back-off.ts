/** No wait is longer. */
const LONGEST_MS = 600_000;

/** Milliseconds until the next attempt after so many that failed: doubled each time, between half and all of it, so that receivers that failed together are not called together. */
export function backOff(attempts: number, firstMs: number): number {
  const whole = Math.min(LONGEST_MS, firstMs * 2 ** (attempts - 1));
  return Math.round(whole * (0.5 + Math.random() / 2));
}
