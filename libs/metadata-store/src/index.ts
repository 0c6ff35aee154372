export { MetadataStoreSetupError, MetadataStoreUnavailableError, TransactionRefusedError } from './errors.js';
export { METADATA_STORE } from './metadata-store.js';
export type { ChangeWindow, InstanceScope, InstanceSummary, MetadataStore, NumberedChange, Without } from './metadata-store.js';
export type * from './rows.js';
export type { Level, Predicate, SearchColumn, SearchHit, SearchPlan } from './search-plan.js';
export { metadataSchema } from './sqlite/schema.js';
export { SqliteMetadataStore } from './sqlite/sqlite-metadata-store.js';
export type { Outcome, Transaction, Write } from './transaction.js';
export { SEARCHABLE_ATTRIBUTES, searchableAttribute, type Matching, type SearchableAttribute } from './searchable-attributes.js';
