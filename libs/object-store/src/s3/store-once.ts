import { outcomeIsUnknown, Refusal } from './s3-errors.js';
import type { S3Connection } from './s3-connection.js';

/** Says which writer an object is from. */
const writerHeader = 'x-amz-meta-writer';

/** An object that does not exist is asked for in vain as soon as the server is away. */
const askTimeoutMs = 5_000;

/** An object that is being made: its key, who makes it, and how the server is to keep it. */
export interface NewObject {
  readonly key: string;
  /** No two writers have the same. */
  readonly writer: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Goes with the request that names the object. */
export const headersOf = ({ writer, headers }: NewObject): Record<string, string> => ({ ...headers, [writerHeader]: writer });

/** Goes with the request that makes the object appear: only where there is none (invariant I5). */
export const onlyIfNew = { 'if-none-match': '*' } as const;

/**
 * MinIO refuses one in thousands of writes so, of a key whose folder another request removes at the same moment: it makes
 * the folder, and it is gone again before the object is in it.
 */
const mayHaveLostItsFolder = (error: unknown): boolean => error instanceof Refusal && error.code === 'AccessDenied';
const mostTries = 3;

/**
 * Runs the request that makes an object appear. When it is not known what became of it, the object is looked for: with
 * the mark of this writer it is stored, whatever the answer was or would have been.
 */
export const storeOnce = async (connection: S3Connection, object: NewObject, request: () => Promise<void>): Promise<void> => {
  for (let tries = 1; ; tries += 1) {
    try {
      return await request();
    } catch (error) {
      if (outcomeIsUnknown(error) && (await isStored(connection, object))) return;
      if (!mayHaveLostItsFolder(error) || tries === mostTries) throw error;
    }
  }
};

const isStored = async (connection: S3Connection, { key, writer }: NewObject): Promise<boolean> => {
  try {
    const found = await connection.tell({ method: 'HEAD', key, repeatable: true, idleTimeoutMs: askTimeoutMs });
    return found[writerHeader] === writer;
  } catch {
    // The first error is the one worth telling.
    return false;
  }
};

/** One request for a whole object. */
export const putObject = (connection: S3Connection, object: NewObject, { chunks, checksum }: { readonly chunks: readonly Buffer[]; readonly checksum: string }): Promise<void> =>
  storeOnce(connection, object, async () => {
    const headers = { ...headersOf(object), ...onlyIfNew, 'x-amz-checksum-crc32': checksum };
    await connection.tell({ method: 'PUT', key: object.key, headers, body: chunks, repeatable: true });
  });
