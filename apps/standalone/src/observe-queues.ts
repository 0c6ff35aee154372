import type { ConsumedTopic, EventLog } from '@isocenter/event-log';
import type { StandaloneFile } from '@isocenter/standalone-file';
import { observedGauge } from '@isocenter/telemetry';

/** How often the lag is looked up; the page shows the last value. */
const EVERY_MS = 2_000;

/** Gauges of what waits: writes of the standalone file, records of the log that a consumer has not passed. */
export function observeQueues(file: StandaloneFile, eventLog: EventLog, topics: readonly ConsumedTopic[]): () => void {
  const stops = [observedGauge('standalone_file_pending_writes', 'Values that wait for the writer of the standalone file', () => file.pendingWrites)];
  const lags = new Map<string, number>();
  const timer = setInterval(() => {
    for (const { topic, from } of topics) {
      if (from === 'latest') continue;
      // A store that is away has no lag to show; its own health says so.
      eventLog.lag(topic, from).then((lag) => lags.set(topic.name, lag), () => lags.delete(topic.name));
    }
  }, EVERY_MS);
  timer.unref();
  for (const { topic } of topics) stops.push(observedGauge('event_log_lag_records', 'Records that the consumer has not passed', () => lags.get(topic.name) ?? 0, { topic: topic.name }));
  return () => {
    clearInterval(timer);
    for (const stop of stops) stop();
  };
}
