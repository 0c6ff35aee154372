import type { MetadataStore } from '@isocenter/metadata-store';
import type { ObjectStore } from '@isocenter/object-store';
import { join } from 'node:path';
import { profile, type ArchiveData } from './archive.js';

/** What an archive stored, behind its back. */
export interface Stored {
  readonly store: MetadataStore;
  readonly objects: ObjectStore;
  readonly close: () => Promise<void>;
}

/** Through the adapters that the archive has itself; in the standalone profile while the archive is stopped, since it locks its folder. */
export const openStored = (data: ArchiveData): Promise<Stored> => (profile === 'stack' ? openServers(data) : openFolder(data));

async function openFolder({ name }: ArchiveData): Promise<Stored> {
  const [{ StandaloneFile }, { eventLogSchema }, { metadataSchema, SqliteMetadataStore }, { FilesObjectStore }] = await Promise.all([
    import('@isocenter/standalone-file'), import('@isocenter/event-log'), import('@isocenter/metadata-store'), import('@isocenter/object-store'),
  ]);
  const file = StandaloneFile.open(name, [eventLogSchema, metadataSchema], 1);
  const objects = await FilesObjectStore.open(join(name, 'objects'));
  return {
    store: new SqliteMetadataStore(file), objects,
    close: async () => {
      await objects.close();
      await file.close();
    },
  };
}

async function openServers({ name }: ArchiveData): Promise<Stored> {
  const [{ MongoMetadataStore }, { S3ObjectStore }] = await Promise.all([import('@isocenter/metadata-store/mongo'), import('@isocenter/object-store/s3')]);
  const { MONGODB_URL = '', S3_ENDPOINT: endpoint = '', S3_REGION: region = '', S3_ACCESS_KEY: accessKey = '', S3_SECRET_KEY: secretKey = '' } = process.env;
  const url = new URL(MONGODB_URL);
  url.pathname = `/${name}`;
  const store = await MongoMetadataStore.open({ url: url.href, log: { warn: () => undefined } });
  const objects = await S3ObjectStore.open({ endpoint, region, accessKey, secretKey, bucket: name });
  return {
    store, objects,
    close: async () => {
      await objects.close();
      await store.close();
    },
  };
}
