import { randomUUID } from 'node:crypto';
import { S3Connection } from '../src/s3/s3-connection.js';
import { S3ObjectStore, type S3Options } from '../src/s3/index.js';

const fromEnvironment = (name: string): string => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: these tests need a real MinIO. Run them with npm run test:stack.`);
  return value;
};

/** A bucket of its own, which does not exist yet. */
export const newBucket = (options: Partial<S3Options> = {}): S3Options => ({
  endpoint: fromEnvironment('S3_ENDPOINT'),
  region: process.env['S3_REGION'] ?? 'us-east-1',
  accessKey: fromEnvironment('S3_ACCESS_KEY'),
  secretKey: fromEnvironment('S3_SECRET_KEY'),
  bucket: `isocenter-test-${randomUUID()}`,
  ...options,
});

/** With all that it holds. */
export const removeBucket = async (options: S3Options): Promise<void> => {
  const store = await S3ObjectStore.open(options);
  const keys: string[] = [];
  for await (const { key } of store.list('')) keys.push(key);
  await store.remove(keys);
  await store.sweepTemporary(0);
  await store.close();
  const connection = new S3Connection(options);
  await connection.tell({ method: 'DELETE' });
  connection.close();
};

/** Resolves when the condition holds; a deadline says that it never will. */
export const until = async (condition: () => boolean): Promise<void> => {
  const deadline = Date.now() + 60_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('What was waited for did not happen within a minute.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
};
