import { observedGauge } from '@isocenter/telemetry';
import { detailsOf, type HealthCheck } from './health.js';

/** Longer than a check takes before it counts as failed. */
const EVERY_MS = 5_000;

/** A gauge of each dependency, whether anybody asks for the health pages or not: 1 while it answers. Returns what stops them. */
export function observeDependencies(checks: readonly HealthCheck[]): () => void {
  const up = new Map<string, number>();
  const look = async (): Promise<void> => {
    for (const { name, status } of await detailsOf(checks)) up.set(name, status === 'Healthy' ? 1 : 0);
  };
  void look();
  const timer = setInterval(() => void look(), EVERY_MS).unref();
  const stops = checks.map(({ name }) => observedGauge('dependency_up', 'Whether a server that this process needs answers', () => up.get(name) ?? 0, { dependency: name }));
  return () => {
    clearInterval(timer);
    for (const stop of stops) stop();
  };
}
