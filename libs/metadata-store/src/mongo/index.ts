export { MetadataStoreSetupError } from './mongo-errors.js';
export { MongoMetadataStore, type MongoMetadataStoreOptions } from './mongo-metadata-store.js';
