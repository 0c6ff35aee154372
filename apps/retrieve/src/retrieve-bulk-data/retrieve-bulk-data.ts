import type { BulkValue } from '@isocenter/dicom';
import { acceptOf, answerNotModified, chooseBulkData, createMultipartWriter, type MultipartWriter, NotFound, parseAccept, parseRange, rangeHeaders, type RequestContext, sendParts, strongETag } from '@isocenter/http';
import type { InstanceRow } from '@isocenter/metadata-store';
import { openBulkValue, StoredInstances } from '@isocenter/stored-instances';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';

export interface BulkDataPath {
  readonly study: string;
  readonly series: string;
  readonly sop: string;
  /** `ggggeeee`, or `ggggeeee/item/ggggeeee` for a value in a sequence. */
  readonly '*': string;
}

const OCTET_STREAM = 'application/octet-stream';

/** The values that metadata only refer to (PS3.18 §10.4.1.1.5), whole or by range. */
@Injectable()
export class RetrieveBulkData {
  constructor(private readonly instances: StoredInstances) {}

  async run(context: RequestContext, { study, series, sop, '*': valuePath }: BulkDataPath, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { multipart } = chooseBulkData(parseAccept(...acceptOf(request)))[0]!;
    const row = await this.instances.requireInstance(await this.instances.scopeOf(context, { study, series, sop }));
    const value = await this.requireValue(row, valuePath);
    const version = `${row.version}-${value.path}${multipart ? '-multipart' : ''}`;
    if (await answerNotModified(request, reply, version)) return;
    const etag = strongETag(version);
    const range = multipart ? undefined : parseRange(request.headers.range, value.length, { ifRange: request.headers['if-range'] as string | undefined, etag });
    const wanted = range ? { first: range.first, length: range.last - range.first + 1 } : { first: 0, length: value.length };
    const chunks = await this.instances.resolving(row, async (current) => openBulkValue(this.instances, current, value, wanted));
    if (multipart) {
      const writer = createMultipartWriter(OCTET_STREAM);
      await sendParts(reply, writer.contentType, onePart(writer, chunks));
      return;
    }
    reply.header('accept-ranges', 'bytes');
    if (range) reply.code(206).headers(rangeHeaders(range, value.length));
    await sendParts(reply, OCTET_STREAM, all(chunks), wanted.length);
  }

  private async requireValue({ partition, study, series, sop }: InstanceRow, path: string): Promise<BulkValue> {
    const metadata = await this.instances.store.findInstanceMetadata(partition, study, series, sop);
    const values = JSON.parse(metadata?.bulk ?? '[]') as BulkValue[];
    const value = values.find((candidate) => candidate.path.toLowerCase() === path.toLowerCase());
    if (!value) throw new NotFound('The instance has no bulk data under this path.');
    return value;
  }
}

async function* all(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield* chunks;
}

async function* onePart(writer: MultipartWriter, body: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  yield writer.partHead(OCTET_STREAM);
  yield* body;
  yield writer.closing();
}
