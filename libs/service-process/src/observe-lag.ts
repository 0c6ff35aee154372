import type { ConsumedTopic, EventLog } from '@isocenter/event-log';
import { observedGauge } from '@isocenter/telemetry';

/** How often the lag is looked up, one read for each partition; the page shows the last value. */
const EVERY_MS = 5_000;

/** A gauge of the records that a consumer has not passed, for each topic that it does not read from the newest on. Returns what stops them. */
export function observeLag(eventLog: EventLog, topics: readonly ConsumedTopic[]): () => void {
  const lags = new Map<string, number>();
  const stops: (() => void)[] = [];
  for (const { topic, group, from } of topics) {
    if (from === 'latest') continue;
    // A store that is away has no lag to show; its own health says so.
    const look = (): void => void eventLog.lag(topic, from).then((lag) => lags.set(topic.name, lag), () => lags.delete(topic.name));
    const timer = setInterval(look, EVERY_MS).unref();
    stops.push(() => clearInterval(timer), observedGauge('event_log_lag_records', 'Records of all partitions that the group has not passed; every replica shows the same', () => lags.get(topic.name) ?? 0, { topic: topic.name, group }));
  }
  return () => stops.forEach((stop) => stop());
}
