import type { IncomingMessage } from 'node:http';
import { ObjectTruncatedError } from '../object-store-errors.js';
import type { ObjectRange } from '../object-store.js';
import { noAnswer } from './read-answer.js';
import type { S3Connection } from './s3-connection.js';
import { NoAnswer, Refusal, storeError, tasks } from './s3-errors.js';

export interface ComingObject {
  /** Its body is exactly `length` bytes, or breaks off. */
  readonly answer: IncomingMessage;
  readonly length: number;
}

/** @param range not an empty one: HTTP has no words for that. */
export const getObject = async (connection: S3Connection, key: string, range?: ObjectRange): Promise<ComingObject> => {
  try {
    const headers = range && { range: `bytes=${range.offset}-${range.offset + range.length - 1}` };
    const answer = await connection.send({ method: 'GET', key, headers, repeatable: true });
    try {
      return { answer, length: lengthOf(answer, key, range) };
    } catch (error) {
      answer.destroy();
      throw error;
    }
  } catch (error) {
    if (range && error instanceof Refusal && error.status === 416) throw new ObjectTruncatedError(key, range.length, Math.max(0, (error.size ?? 0) - range.offset));
    throw storeError(error, tasks.read, key);
  }
};

const lengthOf = ({ statusCode, headers }: IncomingMessage, key: string, range: ObjectRange | undefined): number => {
  const length = Number(headers['content-length'] ?? 'none');
  if (!Number.isSafeInteger(length)) throw new NoAnswer('an answer without a length', true);
  if (!range) return length;
  if (statusCode !== 206) throw new NoAnswer('an answer without the range', true);
  if (length < range.length) throw new ObjectTruncatedError(key, range.length, length);
  return length;
};

/** Fills the buffer with the range that begins at `offset`. */
export const getInto = async (connection: S3Connection, key: string, into: Buffer, offset: number): Promise<void> => {
  const { answer } = await getObject(connection, key, { offset, length: into.length });
  try {
    await fill(into, answer);
  } catch (error) {
    throw storeError(error, tasks.read, key);
  }
};

const fill = (into: Buffer, answer: IncomingMessage): Promise<void> =>
  new Promise((resolve, reject) => {
    let at = 0;
    answer.on('data', (chunk: Buffer) => (at += chunk.copy(into, at)));
    answer.on('end', () => (at === into.length ? resolve() : reject(new NoAnswer('an answer that ended early', true))));
    answer.on('error', (error) => reject(noAnswer(error, true)));
  });
