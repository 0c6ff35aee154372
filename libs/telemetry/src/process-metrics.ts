import { monitorEventLoopDelay } from 'node:perf_hooks';
import { observedCounter, observedGauge } from './metrics.js';

/** Processor, memory and event loop of this process, as long as the page is served. Returns what stops them. */
export function observeProcess(): () => void {
  const delay = monitorEventLoopDelay({ resolution: 20 });
  delay.enable();
  const stops = [
    observedCounter('process_cpu_seconds_total', 'Seconds of processor time, of all threads', () => {
      const { user, system } = process.cpuUsage();
      return (user + system) / 1e6;
    }),
    observedGauge('process_start_time_seconds', 'When the process started, in seconds since 1970', () => performance.timeOrigin / 1000),
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
