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

async function openFolder(data: ArchiveData): Promise<Stored> {
  const [{ StandaloneFile }, { eventLogSchema }, { metadataSchema, SqliteMetadataStore }] = await Promise.all([import('@isocenter/standalone-file'), import('@isocenter/event-log'), import('@isocenter/metadata-store')]);
  const file = StandaloneFile.open(data.name, [eventLogSchema, metadataSchema], 1);
  const objects = await openObjects(data);
  return {
    store: new SqliteMetadataStore(file), objects,
    close: async () => {
      await objects.close();
      await file.close();
    },
  };
}

async function openServers(data: ArchiveData): Promise<Stored> {
  const { MongoMetadataStore } = await import('@isocenter/metadata-store/mongo');
  const url = new URL(process.env.MONGODB_URL ?? '');
  url.pathname = `/${data.name}`;
  const store = await MongoMetadataStore.open({ url: url.href, log: { warn: () => undefined } });
  const objects = await openObjects(data);
  return {
    store, objects,
    close: async () => {
      await objects.close();
      await store.close();
    },
  };
}

/** The objects alone, which nobody locks. */
export async function openObjects({ name }: ArchiveData): Promise<ObjectStore> {
  if (profile !== 'stack') {
    const { FilesObjectStore } = await import('@isocenter/object-store');
    return FilesObjectStore.open(join(name, 'objects'));
  }
  const { S3ObjectStore } = await import('@isocenter/object-store/s3');
  const { S3_ENDPOINT: endpoint = '', S3_REGION: region = '', S3_ACCESS_KEY: accessKey = '', S3_SECRET_KEY: secretKey = '' } = process.env;
  return S3ObjectStore.open({ endpoint, region, accessKey, secretKey, bucket: name });
}
