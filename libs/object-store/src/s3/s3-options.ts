import type { ByteBudget } from '../byte-budget.js';

export interface S3Options {
  /** `http://host:port` or `https://host`, without a path. Of https the authorities of the system and of NODE_EXTRA_CA_CERTS are trusted. */
  readonly endpoint: string;
  readonly region: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly bucket: string;
  /** Whether the bucket stands in the path, as MinIO has it (standard), or before the host name. */
  readonly pathStyle?: boolean;
  /** Whether a bucket that does not exist is created (standard). */
  readonly createBucket?: boolean;
  /** What the server encrypts objects with: nothing, its own key (SSE-S3), or `kmsKey` (SSE-KMS; without it the one of the bucket). */
  readonly serverSideEncryption?: 'off' | 'aes256' | 'kms';
  readonly kmsKey?: string;
  /** Bytes up to which an object is one request, and of each part of a longer one; S3 takes no less than 5 MiB. */
  readonly partBytes?: number;
  /** Of all writers of the process; 128 MiB of its own when absent. */
  readonly budget?: ByteBudget;
  /** Most connections at a time; a request that gets none within `connectTimeoutMs` fails as unavailable. */
  readonly connections?: number;
  readonly connectTimeoutMs?: number;
  /** Milliseconds without a byte in either direction after which the server counts as away. */
  readonly idleTimeoutMs?: number;
}
