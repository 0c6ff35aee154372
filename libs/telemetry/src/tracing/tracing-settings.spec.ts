import { SettingsError } from '@isocenter/config';
import { describe, expect, it } from '@jest/globals';
import { readTracingSettings } from './tracing-settings.js';

const endpoint = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };

describe('readTracingSettings', () => {
  it.each([{}, { OTEL_SERVICE_NAME: 'archive' }, { OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }, { ...endpoint, OTEL_SDK_DISABLED: 'TRUE' }, { ...endpoint, OTEL_TRACES_EXPORTER: 'none' }])('given %j, then traces are off', (env) => {
    expect(readTracingSettings(env)).toBeUndefined();
  });

  it('given an endpoint alone, then every trace that no caller decided about is sampled', () => {
    expect(readTracingSettings(endpoint)).toMatchObject({ sampler: { name: 'parentbased_always_on', ratio: 1 }, serviceName: undefined, resourceAttributes: {} });
  });

  it('given the standard variables, then their values', () => {
    expect(readTracingSettings({
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://collector/v1/traces', OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25', OTEL_SERVICE_NAME: 'archive',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=test%20bed, k8s.pod.name=ingest-0,broken', OTEL_BSP_SCHEDULE_DELAY: '100', OTEL_BSP_MAX_QUEUE_SIZE: '4096',
    })).toEqual({
      sampler: { name: 'parentbased_traceidratio', ratio: 0.25 }, serviceName: 'archive', resourceAttributes: { 'deployment.environment.name': 'test bed', 'k8s.pod.name': 'ingest-0' },
      batch: { scheduledDelayMillis: 100, maxQueueSize: 4096, maxExportBatchSize: undefined, exportTimeoutMillis: undefined },
    });
  });

  it.each([
    [{ OTEL_TRACES_SAMPLER: 'sometimes' }, /OTEL_TRACES_SAMPLER is "sometimes"; allowed: always_on/],
    [{ OTEL_TRACES_SAMPLER_ARG: '2' }, /OTEL_TRACES_SAMPLER_ARG is "2"; allowed: a number from 0 to 1/],
    [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, /OTEL_EXPORTER_OTLP_PROTOCOL is "grpc"; allowed: http\/json, http\/protobuf/],
    [{ OTEL_TRACES_EXPORTER: 'zipkin' }, /OTEL_TRACES_EXPORTER is "zipkin"; allowed: otlp, none/],
    [{ OTEL_BSP_MAX_QUEUE_SIZE: 'many' }, /OTEL_BSP_MAX_QUEUE_SIZE is "many"; allowed: a number from 1/],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' }, /OTEL_EXPORTER_OTLP_ENDPOINT is not the address of a collector/],
  ])('given %j, then it says what is allowed', (env, text) => {
    expect(() => readTracingSettings({ ...endpoint, ...env })).toThrow(SettingsError);
    expect(() => readTracingSettings({ ...endpoint, ...env })).toThrow(text);
  });
});
