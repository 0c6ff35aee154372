import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { AlwaysOffSampler, AlwaysOnSampler, BatchSpanProcessor, ParentBasedSampler, TraceIdRatioBasedSampler, TracerProvider, type Sampler, type SpanExporter } from '@opentelemetry/sdk-trace';
import { randomUUID } from 'node:crypto';
import type { Logger } from '../logger.js';
import { makeSpansWith } from './spans.js';
import type { SamplerName, TracingSettings } from './tracing-settings.js';

/*
 * The one file that loads OpenTelemetry's SDK; it is imported when traces are on.
 */

/** A collector that is away is told of this often. */
const TELL_EVERY_MS = 60_000;

/** From now on spans are made and sent. Returns what sends the last of them and ends that. */
export function exportSpans(app: string, { sampler, batch, serviceName, resourceAttributes }: TracingSettings, log: () => Logger): () => Promise<void> {
  const resource = defaultResource().merge(resourceFromAttributes({
    'service.instance.id': randomUUID(), ...resourceAttributes, 'service.name': serviceName ?? resourceAttributes['service.name'] ?? `isocenter-${app}`,
  }));
  const processor = new BatchSpanProcessor({ exporter: tellingFailures(new OTLPTraceExporter(), log), ...batch });
  const provider = new TracerProvider({ resource, sampler: samplerOf(sampler.name, sampler.ratio), spanProcessors: [processor] });
  makeSpansWith(provider.getTracer('isocenter'));
  return async () => {
    makeSpansWith(undefined);
    // Nobody waits for a collector that is away.
    await provider.shutdown().catch(() => undefined);
  };
}

function samplerOf(name: SamplerName, ratio: number): Sampler {
  if (name.startsWith('parentbased_')) return new ParentBasedSampler({ root: samplerOf(name.slice('parentbased_'.length) as SamplerName, ratio) });
  if (name === 'traceidratio') return new TraceIdRatioBasedSampler(ratio);
  return name === 'always_off' ? new AlwaysOffSampler() : new AlwaysOnSampler();
}

function tellingFailures(exporter: SpanExporter, log: () => Logger): SpanExporter {
  let told = -Infinity;
  return {
    export: (spans, done) => exporter.export(spans, (result) => {
      if (result.error !== undefined && performance.now() - told > TELL_EVERY_MS) {
        told = performance.now();
        log().warn({ err: result.error, spans: spans.length }, 'spans could not be sent to the collector and are lost');
      }
      done(result);
    }),
    shutdown: () => exporter.shutdown(),
  };
}
