import { ObjectNotFoundError, ObjectStoreSettingsError, ObjectUnreadableError } from '../object-store-errors.js';
import type { LentChunks } from '../object-store.js';
import { AnswerChunks } from './answer-chunks.js';
import { getObject } from './get-object.js';
import { S3Connection } from './s3-connection.js';
import { reasonOf, Refusal, storeError, tasks } from './s3-errors.js';
import type { S3Options } from './s3-options.js';
import { elementsOf, textOf } from './s3-xml.js';

/** A bucket of somebody else: its keys may be any text, and nothing in it is changed. */
export class S3Reader {
  private readonly connection: S3Connection;

  constructor(options: Pick<S3Options, 'endpoint' | 'region' | 'bucket' | 'accessKey' | 'secretKey'>) {
    this.connection = new S3Connection(options);
  }

  /** Keys that begin with `prefix`, behind `after` where it is not '', in the order of their bytes. Rejects with ObjectStoreSettingsError when waiting cannot mend what is wrong. */
  async *list(prefix: string, after: string): AsyncGenerator<string> {
    let token: string | undefined;
    do {
      const from: Readonly<Record<string, string>> = token !== undefined ? { 'continuation-token': token } : after === '' ? {} : { 'start-after': after };
      const page = await this.ask({ 'list-type': '2', 'encoding-type': 'url', prefix, ...from });
      for (const entry of elementsOf(page, 'Contents')) yield decode(textOf(entry, 'Key')!);
      token = textOf(page, 'IsTruncated') === 'true' ? textOf(page, 'NextContinuationToken') : undefined;
    } while (token !== undefined);
  }

  /** Rejects with ObjectNotFoundError, with ObjectUnreadableError when this object alone is refused, or with the retriable ObjectStoreUnavailableError. */
  async read(key: string): Promise<LentChunks> {
    try {
      const { answer, length } = await getObject(this.connection, key);
      return new AnswerChunks(answer, key, length, this.connection.idleTimeoutMs);
    } catch (error) {
      const refusal = (error as Error).cause;
      if (error instanceof ObjectNotFoundError || !(refusal instanceof Refusal) || refusal.status !== 403) throw error;
      throw new ObjectUnreadableError(key, reasonOf(refusal, tasks.read), { cause: refusal });
    }
  }

  close(): void {
    this.connection.close();
  }

  private async ask(query: Readonly<Record<string, string>>): Promise<string> {
    try {
      return await this.connection.ask({ method: 'GET', query, repeatable: true });
    } catch (error) {
      if (!(error instanceof Refusal) || error.status >= 500 || error.status === 429) throw storeError(error, tasks.list);
      throw new ObjectStoreSettingsError(`The object store cannot be used with these settings: ${tasks.list.doing} failed with ${reasonOf(error, tasks.list)}.`, { cause: error });
    }
  }
}

/** As forms encode: a plus is a space. */
const decode = (key: string): string => decodeURIComponent(key.replaceAll('+', ' '));
