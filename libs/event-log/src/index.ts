export { EventLogUnavailableError, OffsetOutsideLogError, PartitionCountError } from './errors.js';
export { EVENT_LOG_PORT } from './event-log.js';
export type { ConsumeOptions, Consumer, EventLog, LogBatch, LogRecord, Progress, StoredRecord } from './event-log.js';
export { EVENT_LOG, EventLogServer, type ConsumedTopic } from './nest/event-log-server.js';
export { OnTopic } from './nest/on-topic.js';
export { observedEventLog, type MessagingSystem } from './observed-event-log.js';
export { eventLogSchema } from './sqlite/schema.js';
export { SqliteEventLog } from './sqlite/sqlite-event-log.js';
export { TOPICS, type TopicSpec } from './topics.js';
