import { counter } from '@isocenter/telemetry';
import type { StoreOutcome } from './store-instances/store-outcome.js';

const instances = counter('store_instances_total', 'Instances of store requests, by what became of them');

export function countStored(outcome: StoreOutcome): void {
  instances.add(1, { outcome: outcome.kind === 'stored' ? (outcome.warning === undefined ? 'stored' : 'stored-with-warning') : `failed-${outcome.reason}` });
}
