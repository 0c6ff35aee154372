export { IndexingModule, indexingTopics, type IndexingPorts } from './indexing.module.js';
export type { IndexingOptions } from './indexing-options.js';
