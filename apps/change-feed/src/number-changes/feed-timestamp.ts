/**
 * Timestamps of the feed: UTC with seven fraction digits, 100 ns a step, so that they strictly increase and sort as text.
 * As bigint: steps since 1970.
 */
const STEPS_PER_MS = 10_000n;

export function parseSteps(timestamp: string): bigint {
  const ms = BigInt(Date.parse(`${timestamp.slice(0, 23)}Z`));
  return ms * STEPS_PER_MS + BigInt(timestamp.slice(23, 27));
}

export function formatSteps(steps: bigint): string {
  const iso = new Date(Number(steps / STEPS_PER_MS)).toISOString();
  return `${iso.slice(0, 23)}${String(steps % STEPS_PER_MS).padStart(4, '0')}Z`;
}

export function stepsOf(ms: number): bigint {
  return BigInt(ms) * STEPS_PER_MS;
}
