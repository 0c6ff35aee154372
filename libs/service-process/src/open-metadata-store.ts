import type { Settings } from '@isocenter/config';
import { measuredMetadataStore, type MetadataStore } from '@isocenter/metadata-store';
import type { Logger } from '@isocenter/telemetry';

/** The metadata in MongoDB. Its client is loaded here, so that standalone does not load it. */
export async function openMetadataStore({ mongodbUrl: url }: Settings<'ingest' | 'index' | 'retrieve' | 'render' | 'change-feed'>, log: Logger): Promise<MetadataStore & { close(): Promise<void> }> {
  const { MongoMetadataStore } = await import('@isocenter/metadata-store/mongo');
  const store = await MongoMetadataStore.open({ url, log });
  return { ...measuredMetadataStore(store), close: () => store.close() };
}
