export { IngestingModule, type IngestPorts } from './ingesting.module.js';
export type { IngestOptions } from './ingest-options.js';
