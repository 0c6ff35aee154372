import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo } from 'node:net';

export interface Heard {
  readonly path: string | undefined;
  readonly headers: IncomingHttpHeaders;
  /** As far as it was sent. */
  readonly body: Buffer;
}

export interface ScriptedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Answers without reading the body; a client that asks first is not told to continue. */
  readonly unread?: boolean;
}

export interface ScriptedArchive {
  readonly url: URL;
  readonly heard: readonly Heard[];
  close(): Promise<void>;
}

/** What answers the n-th request; 'cut' breaks its connection when its body is in. */
export type Script = (number: number, heard: Heard) => ScriptedAnswer | 'cut';

/** An HTTP server on loopback that answers what a test wants to see handled. */
export async function startScriptedArchive(script: Script): Promise<ScriptedArchive> {
  const heard: Heard[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse, asksFirst: boolean): Promise<void> => {
    const head = { path: request.url, headers: request.headers };
    const early = script(heard.length, { ...head, body: Buffer.alloc(0) });
    if (early !== 'cut' && early.unread) {
      heard.push({ ...head, body: Buffer.alloc(0) });
      response.writeHead(early.status, early.headers).end(early.body);
      return;
    }
    if (asksFirst) response.writeContinue();
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const whole = { ...head, body: Buffer.concat(chunks) };
    const late = script(heard.push(whole) - 1, whole);
    if (late === 'cut') request.socket.destroy();
    else response.writeHead(late.status, late.headers).end(late.body);
  };
  const server = createServer((request, response) => void answer(request, response, false).catch(() => response.destroy()));
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => void answer(request, response, true).catch(() => response.destroy()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/dicom-web`), heard,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
