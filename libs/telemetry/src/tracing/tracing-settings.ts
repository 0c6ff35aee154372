import { SettingsError } from '@isocenter/config';

type Environment = Readonly<Record<string, string | undefined>>;

/** What OpenTelemetry's standard variables say of traces; the exporter reads OTEL_EXPORTER_OTLP_* itself. */
export interface TracingSettings {
  readonly sampler: { readonly name: SamplerName; readonly ratio: number };
  /** Of the queue of spans that wait to be sent; what does not fit is dropped. Undefined: the standard of the specification. */
  readonly batch: { readonly scheduledDelayMillis?: number; readonly maxQueueSize?: number; readonly maxExportBatchSize?: number; readonly exportTimeoutMillis?: number };
  readonly serviceName: string | undefined;
  readonly resourceAttributes: Readonly<Record<string, string>>;
}

const SAMPLERS = ['always_on', 'always_off', 'traceidratio', 'parentbased_always_on', 'parentbased_always_off', 'parentbased_traceidratio'] as const;
export type SamplerName = (typeof SAMPLERS)[number];

/** The collector understands JSON wherever it understands protobuf over HTTP; gRPC is another protocol on another port. */
const PROTOCOLS = ['http/json', 'http/protobuf'];

/** Undefined: no traces. They are made when an endpoint is set. Throws SettingsError. */
export function readTracingSettings(env: Environment): TracingSettings | undefined {
  const given = (name: string): string | undefined => env[name]?.trim() || undefined;
  const endpoint = given('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') ?? given('OTEL_EXPORTER_OTLP_ENDPOINT');
  if (endpoint === undefined || given('OTEL_SDK_DISABLED')?.toLowerCase() === 'true' || given('OTEL_TRACES_EXPORTER') === 'none') return undefined;
  const faults: string[] = [];
  const oneOf = (name: string, value: string, allowed: readonly string[]): void => {
    if (!allowed.includes(value)) faults.push(`${name} is ${JSON.stringify(value)}; allowed: ${allowed.join(', ')}.`);
  };
  const number = (name: string, min: number, max: number): number | undefined => {
    const text = given(name);
    if (text === undefined) return undefined;
    const value = Number(text);
    if (!(value >= min && value <= max)) faults.push(`${name} is ${JSON.stringify(text)}; allowed: a number from ${min}${max === Infinity ? '' : ` to ${max}`}.`);
    return value;
  };
  if (!URL.canParse(endpoint) || !/^https?:$/.test(new URL(endpoint).protocol)) faults.push('OTEL_EXPORTER_OTLP_ENDPOINT is not the address of a collector; allowed: http:// or https://, such as http://collector:4318.');
  oneOf('OTEL_TRACES_EXPORTER', given('OTEL_TRACES_EXPORTER') ?? 'otlp', ['otlp', 'none']);
  oneOf('OTEL_EXPORTER_OTLP_PROTOCOL', given('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL') ?? given('OTEL_EXPORTER_OTLP_PROTOCOL') ?? 'http/json', PROTOCOLS);
  const sampler = given('OTEL_TRACES_SAMPLER') ?? 'parentbased_always_on';
  oneOf('OTEL_TRACES_SAMPLER', sampler, SAMPLERS);
  const settings: TracingSettings = {
    sampler: { name: sampler as SamplerName, ratio: number('OTEL_TRACES_SAMPLER_ARG', 0, 1) ?? 1 },
    batch: {
      scheduledDelayMillis: number('OTEL_BSP_SCHEDULE_DELAY', 0, Infinity),
      maxQueueSize: number('OTEL_BSP_MAX_QUEUE_SIZE', 1, Infinity),
      maxExportBatchSize: number('OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 1, Infinity),
      exportTimeoutMillis: number('OTEL_BSP_EXPORT_TIMEOUT', 1, Infinity),
    },
    serviceName: given('OTEL_SERVICE_NAME'),
    resourceAttributes: pairsOf(given('OTEL_RESOURCE_ATTRIBUTES') ?? ''),
  };
  if (faults.length > 0) throw new SettingsError(faults);
  return settings;
}

/** `key=value,key=value`, percent-encoded; what is no pair is passed over. */
function pairsOf(text: string): Record<string, string> {
  return Object.fromEntries(text.split(',').flatMap((pair) => {
    const [key = '', value] = pair.split('=');
    return key.trim() === '' || value === undefined ? [] : [[key.trim(), decode(value.trim())]];
  }));
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
