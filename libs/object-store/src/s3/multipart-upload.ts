import type { PartBytes } from './part-bytes.js';
import type { S3Connection } from './s3-connection.js';
import { NoAnswer, Refusal } from './s3-errors.js';
import { textOf } from './s3-xml.js';
import { headersOf, onlyIfNew, storeOnce, type NewObject } from './store-once.js';

interface SentPart {
  readonly etag: string;
  readonly checksum: string;
}

/** Servers put together large objects in that time; AWS sends a blank now and then meanwhile. */
const completeTimeoutMs = 60_000;

/** An object that is made of parts. Until `complete` nobody sees it. */
export class MultipartUpload {
  readonly #sent: SentPart[] = [];

  private constructor(private readonly connection: S3Connection, private readonly object: NewObject, private readonly uploadId: string) {}

  static async start(connection: S3Connection, object: NewObject): Promise<MultipartUpload> {
    const headers = { ...headersOf(object), 'x-amz-checksum-algorithm': 'CRC32' };
    const answer = await connection.ask({ method: 'POST', key: object.key, query: { uploads: '' }, headers, body: [] });
    const uploadId = textOf(answer, 'UploadId');
    if (uploadId === undefined || uploadId === '') throw new NoAnswer('an answer without an upload', true);
    return new MultipartUpload(connection, object, uploadId);
  }

  /** @param number from 1. */
  async sendPart(number: number, { chunks, checksum }: PartBytes, signal: AbortSignal): Promise<void> {
    const query = { partNumber: String(number), uploadId: this.uploadId };
    const { etag } = await this.connection.tell({ method: 'PUT', key: this.object.key, query, headers: { 'x-amz-checksum-crc32': checksum }, body: chunks, repeatable: true, signal });
    if (etag === undefined) throw new NoAnswer('an answer without an ETag', true);
    this.#sent[number - 1] = { etag, checksum };
  }

  complete(): Promise<void> {
    const parts = this.#sent.map(({ etag, checksum }, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>${etag}</ETag><ChecksumCRC32>${checksum}</ChecksumCRC32></Part>`);
    const body = [Buffer.from(`<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${parts.join('')}</CompleteMultipartUpload>`)];
    return storeOnce(this.connection, this.object, async () => {
      const answer = await this.connection.ask({ method: 'POST', key: this.object.key, query: { uploadId: this.uploadId }, headers: onlyIfNew, body, idleTimeoutMs: completeTimeoutMs });
      // The status is sent before the work is done, so an error may follow it.
      if (answer.includes('<Error>')) throw new Refusal(200, textOf(answer, 'Code') ?? 'an error after the status');
    });
  }

  /** Never rejects: what cannot be removed now is swept, or expires on the server. */
  async abort(): Promise<void> {
    await abortUpload(this.connection, this.object.key, this.uploadId).catch(() => undefined);
  }
}

export const abortUpload = async (connection: S3Connection, key: string, uploadId: string): Promise<void> => {
  await connection.tell({ method: 'DELETE', key, query: { uploadId }, repeatable: true });
};
