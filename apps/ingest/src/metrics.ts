import { counter, gauge, observedGauge } from '@isocenter/telemetry';
import type { StoreOutcome } from './store-instances/store-outcome.js';

const bytes = counter('store_received_bytes_total', 'Bytes of instances that store requests brought in whole');
const instances = counter('store_instances_total', 'Instances of store requests, by what became of them');
const overdue = gauge('release_overdue_seconds', 'How long the oldest object that may go is still there; 0: nothing is due');
const swept = counter('objects_swept_total', 'Objects removed that nothing referred to');

export function showOverdue(seconds: number): void {
  overdue.record(seconds);
}

export function countSwept(count: number): void {
  swept.add(count);
}

export function countReceived(size: number): void {
  bytes.add(size);
}

export function countStored(outcome: StoreOutcome): void {
  instances.add(1, { outcome: outcome.kind === 'stored' ? (outcome.warning === undefined ? 'stored' : 'stored-with-warning') : `failed-${outcome.reason}` });
}

/** Gauges of the bounded queue of uploads. Returns what stops them. */
export function observeUploads(open: () => number, heldBytes: () => number): () => void {
  const stops = [
    observedGauge('uploads_open', 'Store requests that are being read', open),
    observedGauge('upload_buffer_bytes', 'Bytes of headers that all uploads hold', heldBytes),
  ];
  return () => stops.forEach((stop) => stop());
}
