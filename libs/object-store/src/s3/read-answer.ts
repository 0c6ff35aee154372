import type { IncomingMessage } from 'node:http';
import { NoAnswer, Refusal } from './s3-errors.js';
import { textOf } from './s3-xml.js';

/** Longer answers than a page of a listing are not read into memory. */
const longestText = 16 * 1024 * 1024;

/** Rejects with NoAnswer when it breaks off. */
export const readText = async (answer: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > longestText) throw new NoAnswer('an answer without an end', true);
      chunks.push(chunk);
    }
  } catch (error) {
    throw noAnswer(error, true);
  }
  return Buffer.concat(chunks).toString();
};

/** Where errors of sockets enter. */
export const noAnswer = (error: unknown, sent: boolean): NoAnswer =>
  error instanceof NoAnswer ? error : new NoAnswer((error as NodeJS.ErrnoException).code ?? 'an error without a code', sent, { cause: error });

/** An answer that is no success, read to its end. */
export const readRefusal = async (answer: IncomingMessage): Promise<Refusal> => {
  const status = answer.statusCode!;
  const size = /\/(\d+)$/.exec(answer.headers['content-range'] ?? '')?.[1];
  // An answer to HEAD has no body; MinIO says it in a header, AWS not at all.
  const code = textOf(await readText(answer), 'Code') ?? String(answer.headers['x-minio-error-code'] ?? codes[status] ?? '');
  return new Refusal(status, /^[\w:.-]{1,64}$/.test(code) ? code : `HTTP status ${status}`, size === undefined ? undefined : Number(size));
};

const codes: Readonly<Record<number, string>> = { 301: 'PermanentRedirect', 403: 'AccessDenied', 404: 'NotFound', 503: 'SlowDown' };
