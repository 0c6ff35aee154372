import { describeObjectStore } from '../object-store.contract.js';
import { newBucket, removeBucket } from '../../test/s3-under-test.js';
import { S3ObjectStore } from './index.js';

describeObjectStore('a bucket of S3', async () => {
  const options = newBucket();
  const store = await S3ObjectStore.open(options);
  const end = async (): Promise<void> => {
    await store.close();
    await removeBucket(options);
  };
  return { store, end };
});
