import { isObjectKey } from '../object-key.js';
import type { ListedObject } from '../object-store.js';
import type { S3Connection } from './s3-connection.js';
import { elementsOf, textOf } from './s3-xml.js';

const pageSize = '1000';

/** S3 lists in the order of the bytes of the keys; ours are ASCII. What somebody else put into the bucket is left out. */
export async function* listObjects(connection: S3Connection, prefix: string, after?: string): AsyncGenerator<ListedObject> {
  let token: string | undefined;
  do {
    const query = { 'list-type': '2', 'max-keys': pageSize, prefix, ...(token !== undefined ? { 'continuation-token': token } : after !== undefined && { 'start-after': after }) };
    const page = await connection.ask({ method: 'GET', query, repeatable: true });
    for (const entry of elementsOf(page, 'Contents')) {
      const key = textOf(entry, 'Key')!;
      if (isObjectKey(key)) yield { key, size: Number(textOf(entry, 'Size')), modified: new Date(textOf(entry, 'LastModified')!) };
    }
    token = textOf(page, 'IsTruncated') === 'true' ? textOf(page, 'NextContinuationToken') : undefined;
  } while (token !== undefined);
}
