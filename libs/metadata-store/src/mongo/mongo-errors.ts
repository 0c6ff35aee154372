import { mongo, MongooseError } from 'mongoose';
import { MetadataStoreSetupError, MetadataStoreUnavailableError, TransactionRefusedError } from '../errors.js';

/** Codes of the server (its error_codes.yml). */
const CODE = { authenticationFailed: 18, unauthorized: 13, duplicateKey: 11000, documentTooLarge: [10334, 17419, 17420], documentInvalid: 121 } as const;

export function isMongoError(error: unknown): error is Error {
  return error instanceof mongo.MongoError || error instanceof MongooseError;
}

/** The transaction did not happen, for a reason that passes: a rival, or the loss of the primary before the commit. */
export function isTransient(error: unknown): boolean {
  return error instanceof mongo.MongoError && error.hasErrorLabel('TransientTransactionError');
}

/** The commit may have happened; asked again, the server knows. The driver leaves out the label in some of these cases. */
export function isOutcomeUnknown(error: unknown): boolean {
  if (!(error instanceof mongo.MongoError) || isTransient(error)) return false;
  return error.hasErrorLabel('UnknownTransactionCommitResult') || error.hasErrorLabel('RetryableWriteError') || error instanceof mongo.MongoNetworkError || error instanceof mongo.MongoSystemError;
}

export function isDuplicateKey(error: unknown): error is mongo.MongoServerError {
  return error instanceof mongo.MongoServerError && error.code === CODE.duplicateKey;
}

/** Position in its bulk of the operation that failed. */
export function failedOperation(error: mongo.MongoServerError): number {
  const [first] = error instanceof mongo.MongoBulkWriteError ? [error.writeErrors].flat() : [];
  return first?.index ?? 0;
}

/**
 * The error of the port for one of MongoDB. What is no error of MongoDB is a programmer's mistake and stays as it is. The
 * original is not handed on: texts of the server hold values of rows, and those of the driver the address with its password.
 */
export function wrapError(error: unknown): unknown {
  if (!isMongoError(error)) return error;
  const { code } = error as { code?: unknown };
  const refused = code === CODE.duplicateKey || code === CODE.documentInvalid || (CODE.documentTooLarge as readonly unknown[]).includes(code) || isTooLargeToSend(error);
  return refused ? new TransactionRefusedError(describeError(error)) : new MetadataStoreUnavailableError(describeError(error));
}

function isTooLargeToSend(error: Error): boolean {
  return error instanceof mongo.MongoInvalidArgumentError && /larger than|maximum BSON/i.test(error.message);
}

/** The same while the store is opened: a wrong address or password stays wrong. */
export function wrapSetupError(error: unknown): unknown {
  // Not by class: that which parses addresses has classes of its own.
  if (error instanceof Error && /^Mongo(Parse|InvalidArgument|MissingDependency)Error$/.test(error.name)) {
    return new MetadataStoreSetupError(`MONGODB_URL cannot be used (${error.name}). It is to be mongodb://[user:password@]host:port[,host:port]/database?options; letters such as : / @ % in a password are percent-encoded.`);
  }
  const { code } = error as { code?: unknown };
  if (error instanceof mongo.MongoServerError && (code === CODE.authenticationFailed || code === CODE.unauthorized)) {
    return new MetadataStoreSetupError(`MongoDB does not accept the user or the password of MONGODB_URL, or the user may not do what the archive needs: ${describeError(error)}. The user needs the role readWrite on the database.`);
  }
  return wrapError(error);
}

/** What the log may hold of an error: kinds, codes, names of indexes, addresses; no values, no credentials. */
export function describeError(error: Error): string {
  // Without a code a bulk failed on the way.
  if (error instanceof mongo.MongoServerError && error.code !== undefined) {
    const index = /index: (\S+)/.exec(error.message)?.[1];
    return `${String(error['codeName'] ?? error.name)} (${String(error.code)}${index ? `, index ${index}` : ''})`;
  }
  if (error instanceof mongo.MongoServerSelectionError || error.name === 'MongooseServerSelectionError') return `no primary can be reached: ${withoutCredentials(error.message)}`;
  if (error instanceof mongo.MongoNetworkError || error instanceof mongo.MongoSystemError || error instanceof mongo.MongoBulkWriteError) return withoutCredentials(error.message);
  return error.name;
}

function withoutCredentials(text: string): string {
  return text.replaceAll(/mongodb(\+srv)?:\/\/\S*/g, 'mongodb://…').replaceAll(/\S+@/g, '');
}
