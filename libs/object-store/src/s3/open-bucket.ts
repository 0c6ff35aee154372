import { ObjectStoreSettingsError } from '../object-store-errors.js';
import { contentMd5 } from './content-md5.js';
import type { S3Connection } from './s3-connection.js';
import { isGone, reasonOf, Refusal, storeError, tasks, type Task } from './s3-errors.js';
import type { S3Options } from './s3-options.js';

/** Makes sure that the bucket is there. Rejects with ObjectStoreSettingsError when waiting cannot mend what is wrong. */
export const openBucket = async (connection: S3Connection, { bucket, region, createBucket = true }: S3Options): Promise<void> => {
  if (await isThere(connection)) return;
  if (!createBucket) throw new ObjectStoreSettingsError(`The bucket "${bucket}" does not exist, and it is not to be created. Create it, or name another.`);
  try {
    await connection.tell({ method: 'PUT', body: region === 'us-east-1' ? [] : [Buffer.from(placed(region))] });
  } catch (error) {
    // Another process may have been quicker.
    if (!(error instanceof Refusal && error.status === 409 && (await isThere(connection)))) throw settingsError(error, tasks.create);
  }
  await expireUploads(connection);
};

const isThere = async (connection: S3Connection): Promise<boolean> => {
  try {
    await connection.tell({ method: 'HEAD', repeatable: true });
    return true;
  } catch (error) {
    if (isGone(error)) return false;
    throw settingsError(error, tasks.open);
  }
};

const settingsError = (error: unknown, task: Task): unknown => {
  if (!(error instanceof Refusal) || error.status >= 500 || error.status === 429) return storeError(error, task);
  return new ObjectStoreSettingsError(`The object store cannot be used with these settings: ${task.doing} failed with ${reasonOf(error, task)}.`, { cause: error });
};

const placed = (region: string): string =>
  `<CreateBucketConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><LocationConstraint>${region}</LocationConstraint></CreateBucketConfiguration>`;

/**
 * Uploads that a process left open when it died and nobody swept expire after a day. MinIO does that by itself and refuses
 * the rule, and an access key need not be allowed to set it: both are no failure.
 */
const expireUploads = async (connection: S3Connection): Promise<void> => {
  const rule = '<Rule><ID>open-uploads</ID><Filter><Prefix></Prefix></Filter><Status>Enabled</Status><AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule>';
  const body = Buffer.from(`<LifecycleConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${rule}</LifecycleConfiguration>`);
  try {
    await connection.tell({ method: 'PUT', query: { lifecycle: '' }, headers: contentMd5(body), body: [body] });
  } catch (error) {
    if (!(error instanceof Refusal)) throw storeError(error, tasks.create);
  }
};
