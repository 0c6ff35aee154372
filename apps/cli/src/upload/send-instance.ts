import { randomBytes } from 'node:crypto';
import { type FileHandle } from 'node:fs/promises';
import { Agent as HttpAgent, request as requestHttp, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import { type StoreAnswer } from './read-answer.js';
import { readPieces } from './read-pieces.js';

export interface Instance {
  readonly file: FileHandle;
  readonly size: number;
}

/** Sends one instance with one request. Rejects with the error of the connection, the file or the signal. */
export interface Sender {
  send(instance: Instance, onSent: (bytes: number) => void, signal: AbortSignal): Promise<StoreAnswer>;
  close(): void;
}

/** From here on the archive is asked before the body goes out, so that a refusal costs no bytes (RFC 9110 section 10.1.1). */
const ASK_FIRST_BYTES = 1024 * 1024;
/** An archive that has not heard of that never answers. */
const CONTINUE_MS = 1_000;
/** Without a byte in either direction. */
const IDLE_MS = 120_000;
const MAX_ANSWER_BYTES = 1024 * 1024;

export class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';

  constructor() {
    super(`The archive was silent for ${IDLE_MS / 1000} s.`);
  }
}

/** STOW-RS (PS3.18 section 10.5) over connections that are kept, as many as there are requests at once. */
export function createSender(url: URL, key: string | undefined, parallel: number): Sender {
  const isTls = url.protocol === 'https:';
  const agent = isTls ? new HttpsAgent({ keepAlive: true, maxSockets: parallel }) : new HttpAgent({ keepAlive: true, maxSockets: parallel });
  const target = new URL(url);
  target.pathname = `${url.pathname.replace(/\/$/, '')}/studies`;
  // A boundary that no instance holds: 128 bits that nobody knew before.
  const boundary = `isocenter-${randomBytes(16).toString('hex')}`;
  const head = Buffer.from(`--${boundary}\r\nContent-Type: application/dicom\r\n\r\n`);
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);

  const headersOf = (size: number): Record<string, string> => ({
    accept: 'application/dicom+json',
    'content-type': `multipart/related; type="application/dicom"; boundary=${boundary}`,
    'content-length': String(head.length + size + tail.length),
    ...(key !== undefined && { authorization: `Bearer ${key}` }),
    ...(size >= ASK_FIRST_BYTES && { expect: '100-continue' }),
  });
  async function* body({ file, size }: Instance, onSent: (bytes: number) => void): AsyncGenerator<Buffer> {
    yield head;
    for await (const piece of readPieces(file, size)) {
      yield piece;
      onSent(piece.length);
    }
    yield tail;
  }

  return {
    async send(instance, onSent, signal) {
      const outgoing = (isTls ? requestHttps : requestHttp)(target, { method: 'POST', agent, headers: headersOf(instance.size), signal });
      outgoing.setTimeout(IDLE_MS, () => void outgoing.destroy(new NoAnswerError()));
      const answered = new Promise<IncomingMessage>((resolve, reject) => void outgoing.once('response', resolve).on('error', reject));
      const sending = sendBody(outgoing, body(instance, onSent), instance.size >= ASK_FIRST_BYTES, answered);
      try {
        return await readStoreAnswer(await answered);
      } finally {
        // An answer before the end of the body: nobody reads the rest of it.
        if (!outgoing.writableEnded) outgoing.destroy();
        await sending;
      }
    },
    close: () => agent.destroy(),
  };
}

/** Ends early when there is an answer or an error; what goes wrong with the file ends the request. Never rejects. */
async function sendBody(outgoing: ClientRequest, body: AsyncGenerator<Buffer>, askFirst: boolean, answered: Promise<unknown>): Promise<void> {
  let isOver = false;
  const over = answered.then(() => (isOver = true), () => (isOver = true));
  try {
    if (askFirst) await permission(outgoing, over);
    for await (const piece of body) {
      if (isOver || outgoing.destroyed) return;
      if (!outgoing.write(piece)) await drained(outgoing);
    }
    if (!isOver && !outgoing.destroyed) outgoing.end();
  } catch (error) {
    outgoing.destroy(error as Error);
  }
}

async function permission(outgoing: ClientRequest, over: Promise<unknown>): Promise<void> {
  const enough = new AbortController();
  const continued = new Promise((resolve) => outgoing.once('continue', resolve));
  await Promise.race([continued, over, pause(CONTINUE_MS, undefined, { signal: enough.signal }).catch(() => undefined)]);
  enough.abort();
}

/** Also when there is an answer already, or the connection is gone: nobody drains then. */
const drained = (outgoing: ClientRequest): Promise<void> =>
  new Promise((resolve) => {
    const events = ['drain', 'response', 'close'];
    const go = (): void => {
      for (const event of events) outgoing.removeListener(event, go);
      resolve();
    };
    for (const event of events) outgoing.once(event, go);
  });

async function readStoreAnswer(incoming: IncomingMessage): Promise<StoreAnswer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) break;
    chunks.push(chunk);
  }
  const { statusCode = 0, headers } = incoming;
  return { status: statusCode, retryAfter: headers['retry-after'], location: headers.location, body: Buffer.concat(chunks).toString('utf8') };
}
