import type { Settings } from '@isocenter/config';
import type { MetadataStore } from '@isocenter/metadata-store';

export type ClosableMetadataStore = MetadataStore & { close(): Promise<void> };

/** The metadata in MongoDB. Loaded here, so that standalone does not load its client. */
export async function openMetadataStore(_settings: Settings<'ingest' | 'index' | 'retrieve' | 'change-feed'>): Promise<ClosableMetadataStore> {
  throw new Error('The adapter of MongoDB is not there yet.');
}
