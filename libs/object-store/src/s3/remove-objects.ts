import { contentMd5 } from './content-md5.js';
import type { S3Connection } from './s3-connection.js';
import { Refusal } from './s3-errors.js';
import { elementsOf, textOf } from './s3-xml.js';

/** More S3 does not take in one request. */
const atATime = 1000;

/** A key without an object counts as removed. */
export const removeObjects = async (connection: S3Connection, keys: readonly string[]): Promise<void> => {
  for (let at = 0; at < keys.length; at += atATime) {
    // Keys have no character that would have to be escaped.
    const objects = keys.slice(at, at + atATime).map((key) => `<Object><Key>${key}</Key></Object>`);
    const body = Buffer.from(`<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Quiet>true</Quiet>${objects.join('')}</Delete>`);
    const answer = await connection.ask({ method: 'POST', query: { delete: '' }, headers: contentMd5(body), body: [body], repeatable: true });
    for (const error of elementsOf(answer, 'Error')) {
      const code = textOf(error, 'Code') ?? 'an error without a code';
      if (code !== 'NoSuchKey') throw new Refusal(200, code);
    }
  }
};
