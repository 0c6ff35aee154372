import { Agent, request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';

export type Body = Buffer | Iterable<Buffer> | AsyncIterable<Buffer>;

export interface Call {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Body;
  readonly timeoutMs?: number;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** One request; resolves with the answer's head. The body must be read or destroyed. */
export const open = (url: string | URL, call: Call = {}): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const { method = 'GET', headers = {}, body, timeoutMs = 60_000 } = call;
    const known = Buffer.isBuffer(body) ? { 'content-length': String(body.length) } : {};
    const outgoing = request(url, { method, agent, headers: { ...known, ...headers } });
    outgoing.setTimeout(timeoutMs, () => outgoing.destroy(new Error(`${method} ${String(url)} had no answer for ${timeoutMs} ms.`)));
    let answered = false;
    outgoing.once('response', (response) => {
      answered = true;
      resolve(response);
    });
    outgoing.once('error', (error: NodeJS.ErrnoException) => {
      // A kept connection that its server closed at the same moment says nothing about the server (see `reusedSocket` of Node).
      if (!answered && method === 'GET' && outgoing.reusedSocket && error.code === 'ECONNRESET') resolve(open(url, call));
      else reject(error);
    });
    if (body === undefined) outgoing.end();
    else if (Buffer.isBuffer(body)) outgoing.end(body);
    else void send(outgoing, body).catch((error: unknown) => outgoing.destroy(error as Error));
  });

/** One request with its whole answer in memory, whatever its status. */
export const call = async (url: string | URL, options: Call = {}): Promise<Answer> => {
  const response = await open(url, options);
  const chunks: Buffer[] = [];
  for await (const chunk of response) chunks.push(chunk as Buffer);
  return { status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) };
};

/** As clients do: what is answered 503 with Retry-After is asked again then. The last answer after `withinMs`. */
export const callUntilTaken = async (url: string | URL, options: Call = {}, withinMs = 120_000): Promise<Answer> => {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const answer = await call(url, options);
    const seconds = Number(answer.headers['retry-after']);
    if (answer.status !== 503 || !(seconds > 0) || Date.now() > deadline) return answer;
    await pause(seconds * 1000);
  }
};

const send = async (outgoing: ReturnType<typeof request>, body: Iterable<Buffer> | AsyncIterable<Buffer>): Promise<void> => {
  for await (const chunk of body) {
    if (outgoing.destroyed) return;
    if (!outgoing.write(chunk)) await drained(outgoing);
  }
  outgoing.end();
};

/** Also when the server has answered and closed: nobody drains then. */
const drained = (outgoing: ReturnType<typeof request>): Promise<void> =>
  new Promise((resolve) => {
    const go = (): void => {
      outgoing.removeListener('drain', go).removeListener('close', go);
      resolve();
    };
    outgoing.once('drain', go).once('close', go);
  });
