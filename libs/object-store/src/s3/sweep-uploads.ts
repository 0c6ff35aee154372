import { isObjectKey } from '../object-key.js';
import { abortUpload } from './multipart-upload.js';
import type { S3Connection } from './s3-connection.js';
import { isGone } from './s3-errors.js';
import { elementsOf, textOf } from './s3-xml.js';

interface OpenUpload {
  readonly key: string;
  readonly uploadId: string;
  readonly initiated: number;
}

/**
 * Ends the uploads that began before a time, in milliseconds, but for those that `isOurs` claims; resolves with their
 * number. MinIO tells only those of this bucket that were begun since it was started: the others it expires itself.
 */
export const sweepUploads = async (connection: S3Connection, before: number, isOurs: (key: string) => boolean): Promise<number> => {
  let swept = 0;
  for await (const { key, uploadId, initiated } of listUploads(connection)) {
    if (initiated > before || isOurs(key)) continue;
    try {
      await abortUpload(connection, key, uploadId);
      swept += 1;
    } catch (error) {
      // It has ended since it was listed.
      if (!isGone(error)) throw error;
    }
  }
  return swept;
};

async function* listUploads(connection: S3Connection): AsyncGenerator<OpenUpload> {
  let next: Record<string, string> = {};
  for (;;) {
    const page = await connection.ask({ method: 'GET', query: { uploads: '', 'max-uploads': '1000', prefix: '', ...next }, repeatable: true });
    for (const entry of elementsOf(page, 'Upload')) {
      const key = textOf(entry, 'Key')!;
      if (isObjectKey(key)) yield { key, uploadId: textOf(entry, 'UploadId')!, initiated: Date.parse(textOf(entry, 'Initiated')!) };
    }
    if (textOf(page, 'IsTruncated') !== 'true') return;
    next = { 'key-marker': textOf(page, 'NextKeyMarker') ?? '', 'upload-id-marker': textOf(page, 'NextUploadIdMarker') ?? '' };
  }
}
