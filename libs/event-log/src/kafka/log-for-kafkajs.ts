import type { Logger } from '@isocenter/telemetry';
import type { logCreator } from 'kafkajs';

/** The same words are said again after this long: while a broker is away each retry of each connection says them. */
const SAY_AGAIN_MS = 10_000;
/** kafkajs warns that our producer gives up some time. It is replaced when it does (see `replaceable.ts`). */
const EXPECTED = 'Limiting retries for the idempotent producer may invalidate EoS guarantees';
/** What kafkajs adds to its words and may be known: never a record. */
const KNOWN = ['broker', 'topic', 'partition', 'groupId', 'error'] as const;

/** What kafkajs calls an error it mends itself, or the adapter does: all are warnings here. */
export function logForKafkajs(log: Logger): logCreator {
  const said = new Map<string, number>();
  return () => ({ namespace, log: { message, ...details } }) => {
    const now = performance.now();
    if (message === EXPECTED || now - (said.get(message) ?? -Infinity) < SAY_AGAIN_MS) return;
    if (said.size > 100) said.clear();
    said.set(message, now);
    const known = KNOWN.flatMap((name) => (typeof details[name] === 'string' || typeof details[name] === 'number' ? [[name, details[name] as unknown]] : []));
    log.warn({ kafkajs: namespace, ...Object.fromEntries(known) }, message);
  };
}
