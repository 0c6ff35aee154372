import { type Attributes, type Counter, type Gauge, type Histogram } from '@opentelemetry/api';
import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';

/*
 * The provider exists from the first import on, so instruments can be constants of the module that counts.
 * (The global provider of the API is a no-op until it is set: an instrument made earlier would count nothing.)
 */
const reader = new PrometheusExporter({ preventServerStart: true });
const meter = new MeterProvider({ readers: [reader] }).getMeter('isocenter');
const serializer = new PrometheusSerializer('isocenter', false, undefined, true, true);

/** Seconds, from a cached answer to a large upload. */
const secondsBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 120];

/*
 * Names are lower case with underscores, without the product's prefix. Labels have few values:
 * never a UID, a path or a name of a person.
 */
export function counter(name: string, description: string): Counter {
  return meter.createCounter(name, { description });
}

export function histogram(name: string, description: string, buckets: readonly number[] = secondsBuckets): Histogram {
  return meter.createHistogram(name, { description, advice: { explicitBucketBoundaries: [...buckets] } });
}

/** A value that is set when it changes. */
export function gauge(name: string, description: string): Gauge {
  return meter.createGauge(name, { description });
}

/** A value that is asked for when the page is read. Returns what stops the asking. */
export function observedGauge(name: string, description: string, read: () => number, attributes: Attributes = {}): () => void {
  const observed = meter.createObservableGauge(name, { description });
  const observe = (result: { observe(value: number, attributes: Attributes): void }) => result.observe(read(), attributes);
  observed.addCallback(observe);
  return () => observed.removeCallback(observe);
}

/** A total that something else counts. Returns what stops the asking. */
export function observedCounter(name: string, description: string, read: () => number): () => void {
  const observed = meter.createObservableCounter(name, { description });
  const observe = (result: { observe(value: number): void }) => result.observe(read());
  observed.addCallback(observe);
  return () => observed.removeCallback(observe);
}

/** The page that Prometheus reads (text format 0.0.4). */
export async function renderMetrics(): Promise<string> {
  const { resourceMetrics } = await reader.collect();
  return serializer.serialize(resourceMetrics);
}
