import { type AcceptRange, answerNotModified, documentTypeOf, NotAcceptable, parseRange, rangeHeaders, sendParts, strongETag, takesType } from '@isocenter/http';
import type { InstanceRow } from '@isocenter/metadata-store';
import { StoredInstances } from '@isocenter/stored-instances';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { FindDocument } from './find-document.js';

/** Documents that browsers show by a viewer of their own, which a sandbox would not let run. */
const SAFE = new Set(['application/pdf', 'video/mpeg', 'video/mp4']);

/** A document or video in its own media type, as it is stored (PS3.18 §8.7.4), whole or by range. */
@Injectable()
export class RenderDocument {
  constructor(private readonly instances: StoredInstances, private readonly findDocument: FindDocument) {}

  /** Throws NotAcceptable for a media type that the document has not, NotFound when there is nothing in it. */
  async run(row: InstanceRow, ranges: readonly AcceptRange[], request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const mediaType = documentTypeOf(row)!;
    if (!takesType(ranges, mediaType)) throw new NotAcceptable(`The instance exists as ${mediaType} and the Accept header does not take it; allowed: ${mediaType} or */*.`);
    const version = `${row.version}-document`;
    if (await answerNotModified(request, reply, version)) return;
    const { range, length, whole, chunks } = await this.instances.resolving(row, async (current) => {
      const document = await this.findDocument.run(current);
      const range = parseRange(request.headers.range, document.length, { ifRange: request.headers['if-range'] as string | undefined, etag: strongETag(version) });
      const wanted = range ? { first: range.first, length: range.last - range.first + 1 } : { first: 0, length: document.length };
      return { range, length: wanted.length, whole: document.length, chunks: await document.open(wanted) };
    });
    reply.header('accept-ranges', 'bytes').header('x-content-type-options', 'nosniff');
    // A sender's XML may hold scripts, which are not to run as pages of this server.
    if (!SAFE.has(mediaType)) reply.header('content-security-policy', "sandbox; default-src 'none'");
    if (range) reply.code(206).headers(rangeHeaders(range, whole));
    await sendParts(reply, mediaType, all(chunks), length);
  }
}

async function* all(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* chunks;
}
