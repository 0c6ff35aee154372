import type { FastifyReply } from 'fastify';
import type { ServerResponse } from 'node:http';

/** Chunks below this are never lent memory (see LentChunks), so nobody waits until they are written. */
export const LENT_FROM = 32 * 1024;

/**
 * Writes the chunks with the pace of the client, each written out before the next is asked for, so that their memory can be
 * used again. The first one is awaited before the status is sent, so that what fails at once is answered properly; a later
 * failure cuts the connection, since a clean end would make a short answer look whole.
 *
 * @param length in bytes, where it is known
 * @param patienceMs a client that takes nothing for so long is cut off, where others wait for what his answer holds
 */
export async function sendParts(reply: FastifyReply, contentType: string, parts: AsyncGenerator<Buffer>, length?: number, patienceMs?: number): Promise<void> {
  const first = await parts.next();
  reply.header('content-type', contentType);
  if (length !== undefined) reply.header('content-length', length);
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(reply.statusCode, reply.getHeaders() as Record<string, string>);
  try {
    // Of a HEAD only the head is answered; nothing more is read for it.
    const last = reply.request.method === 'HEAD' ? NOTHING : await writeChunks(raw, first, parts, patienceMs);
    raw.end(last);
  } catch (error) {
    const clientLeft = raw.destroyed;
    raw.destroy();
    if (!clientLeft) throw error;
  } finally {
    await parts.return(undefined);
  }
}

const NOTHING = Buffer.alloc(0);

/**
 * Small chunks, the heads of parts, are gathered and go out with the next large one; what is left at the end is returned for
 * `end`, because a write that is still corked when `end` is called would come behind the terminator of a chunked answer.
 */
async function writeChunks(raw: ServerResponse, first: IteratorResult<Buffer>, parts: AsyncGenerator<Buffer>, patienceMs: number | undefined): Promise<Buffer> {
  let small: Buffer[] = [];
  let smallBytes = 0;
  for (let next = first; !next.done && !raw.destroyed; next = await parts.next()) {
    const chunk = next.value;
    if (chunk.length < LENT_FROM && smallBytes < LENT_FROM) {
      small.push(chunk);
      smallBytes += chunk.length;
      continue;
    }
    if (small.length > 0) raw.write(small.length === 1 ? small[0] : Buffer.concat(small));
    small = [];
    smallBytes = 0;
    await writtenOut(raw, chunk, patienceMs);
  }
  return Buffer.concat(small);
}

async function writtenOut(raw: ServerResponse, chunk: Buffer, patienceMs: number | undefined): Promise<void> {
  const usual = raw.socket?.timeout ?? 0;
  // The server ends a connection on which nothing moves for that long, however large the chunk is.
  if (patienceMs !== undefined) raw.socket?.setTimeout(patienceMs);
  await new Promise<void>((resolve, reject) => {
    // Between the end of a connection and its `close` Node drops what is written, and never calls back.
    raw.once('close', resolve);
    raw.write(chunk, (error) => {
      raw.off('close', resolve);
      if (error) reject(error);
      else resolve();
    });
  });
  // The server's own limit again: for the end of the answer, which nobody waits for, there is no other.
  if (patienceMs !== undefined) raw.socket?.setTimeout(usual);
}

/** Sends buffers one after the other with their length, without joining them; `release` is called when nobody looks at them any more. */
export function sendBuffers(reply: FastifyReply, contentType: string, buffers: readonly Buffer[], release: () => void): void {
  reply.header('content-type', contentType).header('content-length', buffers.reduce((sum, { length }) => sum + length, 0));
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, reply.getHeaders() as Record<string, string>);
  raw.once('close', release);
  raw.cork();
  for (const buffer of buffers) raw.write(buffer);
  raw.end();
  raw.uncork();
}
