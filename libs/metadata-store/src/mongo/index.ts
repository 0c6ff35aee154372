export { MongoMetadataStore, type MongoMetadataStoreOptions } from './mongo-metadata-store.js';
