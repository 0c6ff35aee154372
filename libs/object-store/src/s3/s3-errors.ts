import { ObjectExistsError, ObjectNotFoundError, ObjectStoreUnavailableError } from '../object-store-errors.js';

/** What the store is asked to do, and what the access key must be allowed for it. */
export interface Task {
  readonly doing: string;
  readonly permission: string;
}

export const tasks = {
  open: { doing: 'opening the bucket', permission: 's3:ListBucket' },
  create: { doing: 'creating the bucket', permission: 's3:CreateBucket' },
  store: { doing: 'storing an object', permission: 's3:PutObject' },
  // Without the second S3 answers 403 for an object that is not there.
  read: { doing: 'reading an object', permission: 's3:GetObject, and s3:ListBucket to tell what is missing,' },
  list: { doing: 'listing objects', permission: 's3:ListBucket' },
  remove: { doing: 'removing objects', permission: 's3:DeleteObject' },
  sweep: { doing: 'sweeping open uploads', permission: 's3:ListBucketMultipartUploads and s3:AbortMultipartUpload' },
} as const satisfies Record<string, Task>;

/** The server was not reached, or went away before it had answered. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';

  /** @param sent whether the server may have got the request. */
  constructor(readonly code: string, readonly sent: boolean, options?: ErrorOptions) {
    super(`No answer: ${code}`, options);
  }
}

/** An answer that is no success. Neither its text nor its headers are kept: they may hold keys of objects and of access. */
export class Refusal extends Error {
  override readonly name = 'Refusal';

  /** @param size of the object, where a range lies behind its end. */
  constructor(readonly status: number, readonly code: string, readonly size?: number) {
    super(`Refused with ${status} ${code}`);
  }
}

/** What was asked for is not there: an object, an upload or the bucket. */
export const isGone = (error: unknown): boolean => error instanceof Refusal && error.status === 404;

/** Whether the same request may pass a moment later: a kept connection was closed meanwhile, or the server has too much to do. */
export const mayPass = (error: unknown): boolean =>
  error instanceof NoAnswer ? error.code === 'ECONNRESET' || error.code === 'EPIPE' : error instanceof Refusal && [500, 502, 503, 504].includes(error.status);

/** Whether the server may have done what it was asked for nevertheless. */
export const outcomeIsUnknown = (error: unknown): boolean =>
  error instanceof NoAnswer ? error.sent : error instanceof Refusal && [200, 412, 500, 502, 504].includes(error.status);

/** Where errors of S3 enter: they become the store's own; ours and mistakes of a programmer pass. */
export const storeError = (error: unknown, task: Task, key?: string): unknown => {
  if (error instanceof NoAnswer) return new ObjectStoreUnavailableError(task.doing, error.code, key, { cause: error });
  if (!(error instanceof Refusal)) return error;
  if (key !== undefined && error.code === 'NoSuchKey') return new ObjectNotFoundError(key, { cause: error });
  if (key !== undefined && error.status === 412) return new ObjectExistsError(key, { cause: error });
  return new ObjectStoreUnavailableError(task.doing, reasonOf(error, task), key, { cause: error });
};

/** The code, and what to do about it. */
export const reasonOf = ({ code }: Refusal, { permission }: Task): string => {
  const hint = code === 'AccessDenied' ? `the access key needs ${permission} on the bucket` : hints[code];
  return hint === undefined ? code : `${code} (${hint})`;
};

const hints: Readonly<Record<string, string>> = {
  InvalidAccessKeyId: 'the server does not know the access key',
  SignatureDoesNotMatch: 'the secret key is not the one of the access key',
  RequestTimeTooSkewed: 'the clocks of this machine and of the server differ by more than 15 minutes',
  AuthorizationHeaderMalformed: 'the bucket is in another region than the one that is set',
  PermanentRedirect: 'the bucket is in another region than the one that is set',
  NoSuchBucket: 'somebody removed the bucket',
  NotImplemented: 'the server cannot do that; server-side encryption needs a key service in MinIO',
};
