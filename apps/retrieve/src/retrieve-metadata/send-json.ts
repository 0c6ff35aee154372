import type { Compressor } from '@isocenter/http';
import type { FastifyReply } from 'fastify';
import { Readable } from 'node:stream';

/** One chunk is sent with its length, more as a stream; compressed outside of the event loop. */
export async function sendJson(reply: FastifyReply, chunks: AsyncGenerator<Buffer>, compressor: Compressor | undefined): Promise<void> {
  const first = await chunks.next();
  const second = await chunks.next();
  const source = Readable.from(rest(first, second, chunks), { objectMode: false });
  if (compressor) {
    reply.header('content-encoding', compressor.name);
    const compressed = compressor.create();
    source.on('error', (error) => compressed.destroy(error));
    await reply.send(source.pipe(compressed));
  } else if (second.done && !first.done) {
    await reply.send(first.value);
  } else {
    await reply.send(source);
  }
}

async function* rest(first: IteratorResult<Buffer>, second: IteratorResult<Buffer>, chunks: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  if (!first.done) yield first.value;
  if (!second.done) yield second.value;
  yield* chunks;
}
