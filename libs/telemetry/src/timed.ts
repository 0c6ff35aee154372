import type { Attributes, Histogram } from '@opentelemetry/api';

/** Times an operation of a port. The label `outcome` is `done`, or what `outcomeOf` makes of the error, a few words at most. */
export async function timed<T>(seconds: Histogram, labels: Attributes, run: () => Promise<T>, outcomeOf: (error: unknown) => string): Promise<T> {
  const started = performance.now();
  try {
    const result = await run();
    seconds.record((performance.now() - started) / 1000, { ...labels, outcome: 'done' });
    return result;
  } catch (error) {
    seconds.record((performance.now() - started) / 1000, { ...labels, outcome: outcomeOf(error) });
    throw error;
  }
}
