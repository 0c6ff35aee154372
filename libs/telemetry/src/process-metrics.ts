import { monitorEventLoopDelay } from 'node:perf_hooks';
import { observedGauge } from './metrics.js';

/** Memory and event loop of this process, as long as the page is served. Returns what stops them. */
export function observeProcess(): () => void {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  const stops = [
    observedGauge('process_resident_memory_bytes', 'Resident set size', () => process.memoryUsage.rss()),
    observedGauge('process_heap_used_bytes', 'Bytes of live and dead objects on the V8 heap', () => process.memoryUsage().heapUsed),
    observedGauge('event_loop_delay_p99_seconds', 'Event loop delay since the last reading, 99th percentile', () => {
      const seconds = delay.percentile(99) / 1e9;
      delay.reset();
      return seconds;
    }),
  ];
  return () => {
    delay.disable();
    for (const stop of stops) stop();
  };
}
