export { KafkaEventLog } from './kafka-event-log.js';
export type { KafkaOptions, PartitionCounts } from './kafka-options.js';
