import type { Settings } from '@isocenter/config';
import { measured, type ByteBudget, type ObjectStore } from '@isocenter/object-store';

/** The objects in S3. Its client is loaded here, so that index, which has no objects, and standalone do not load it. */
export async function openObjectStore(settings: Settings<'ingest' | 'retrieve' | 'render' | 'change-feed'>, budget: ByteBudget): Promise<ObjectStore> {
  const { S3ObjectStore } = await import('@isocenter/object-store/s3');
  return measured(await S3ObjectStore.open({
    endpoint: settings.s3Endpoint,
    region: settings.s3Region,
    accessKey: settings.s3AccessKey,
    secretKey: settings.s3SecretKey,
    bucket: settings.s3Bucket,
    budget,
    serverSideEncryption: settings.s3Sse,
    ...(settings.s3SseKmsKey !== undefined && { kmsKey: settings.s3SseKmsKey }),
  }));
}
