import type { FastifyReply } from 'fastify';
import { once } from 'node:events';

/**
 * Writes the chunks with the pace of the client. The first one is awaited before the status is sent, so that what fails at
 * once is answered properly; a later failure cuts the connection, since a clean end would make a short answer look whole.
 */
export async function sendParts(reply: FastifyReply, contentType: string, parts: AsyncGenerator<Buffer>): Promise<void> {
  const first = await parts.next();
  reply.header('content-type', contentType);
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, reply.getHeaders() as Record<string, string>);
  const gone = new AbortController();
  raw.once('close', () => gone.abort());
  try {
    for (let next = first; !next.done && !raw.destroyed; next = await parts.next()) {
      if (!raw.write(next.value)) await once(raw, 'drain', { signal: gone.signal });
    }
    raw.end();
  } catch (error) {
    const clientLeft = gone.signal.aborted;
    raw.destroy();
    if (!clientLeft) throw error;
  } finally {
    await parts.return(undefined);
  }
}

/** Sends buffers one after the other with their length, without joining them. */
export function sendBuffers(reply: FastifyReply, contentType: string, buffers: readonly Buffer[]): void {
  reply.header('content-type', contentType).header('content-length', buffers.reduce((sum, { length }) => sum + length, 0));
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, reply.getHeaders() as Record<string, string>);
  raw.cork();
  for (const buffer of buffers) raw.write(buffer);
  raw.end();
  raw.uncork();
}
