import type { BucketPlace } from '@isocenter/config';
import { ObjectNotFoundError, ObjectStoreSettingsError, ObjectUnreadableError } from '@isocenter/object-store';
import type { S3Reader } from '@isocenter/object-store/s3';
import { OperationFailedError } from '@isocenter/operations';
import { isPassedOver } from './is-passed-over.js';
import { SourceFileError, type Found, type Source } from './source.js';

/** Objects of a bucket; names joined by slashes are taken for folders. */
export class BucketSource implements Source {
  private constructor(private readonly reader: S3Reader, private readonly sourceName: string) {}

  static async open({ endpoint, region, bucket, accessKey, secretKey, name }: BucketPlace): Promise<BucketSource> {
    const { S3Reader } = await import('@isocenter/object-store/s3');
    return new BucketSource(new S3Reader({ endpoint, region, bucket, accessKey, secretKey }), name);
  }

  async *list(folder: string, after: string): AsyncGenerator<Found> {
    try {
      for await (const name of this.reader.list(folder === '' ? '' : `${folder}/`, after)) {
        // What a client shows as a folder is an object whose name ends in a slash.
        yield { name, kind: name.split('/').some(isPassedOver) ? 'passed-over' : 'file' };
      }
    } catch (error) {
      if (error instanceof ObjectStoreSettingsError) throw new OperationFailedError(`The source '${this.sourceName}' cannot be used as IMPORT_SOURCES has it. ${error.message}`, { cause: error });
      throw error;
    }
  }

  async *read(name: string): AsyncGenerator<Buffer> {
    try {
      yield* await this.reader.read(name);
    } catch (error) {
      if (error instanceof ObjectNotFoundError) throw new SourceFileError('It is not there any more.', { cause: error });
      if (error instanceof ObjectUnreadableError) throw new SourceFileError(error.message, { cause: error });
      throw error;
    }
  }

  close(): Promise<void> {
    this.reader.close();
    return Promise.resolve();
  }
}
