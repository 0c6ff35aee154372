import { acceptOf, answerNotModified, chooseInstances, createMultipartWriter, dialectPolicies, type InstancesOf, matchInstance, NotAcceptable, parseAccept, type RequestContext, type Selection, sendParts } from '@isocenter/http';
import type { InstanceRow } from '@isocenter/metadata-store';
import type { LentChunks } from '@isocenter/object-store';
import { type ResourcePath, StoredInstances, wantsOriginal } from '@isocenter/stored-instances';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { streamParts } from './stream-parts.js';

const APPLICATION_DICOM = 'application/dicom';

/** WADO-RS of a study, series or instance: the stored bytes, in the transfer syntax that they have (I2). */
@Injectable()
export class RetrieveInstances {
  constructor(private readonly instances: StoredInstances) {}

  async run(of: InstancesOf, context: RequestContext, path: ResourcePath, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    // An unsupported Accept is answered before anything is looked up.
    const selection = chooseInstances(parseAccept(...acceptOf(request)), of, dialectPolicies[context.dialect].retrieve.transferSyntaxes);
    const original = wantsOriginal(context, request);
    const scope = await this.instances.scopeOf(context, path);
    const { summary: { count, newestVersion, transferSyntaxes }, rows } = await this.instances.requireInstances(scope);
    const matches = transferSyntaxes.map((stored) => requireMatch(selection, stored));
    const single = of === 'instance' && !matches[0]!.acceptable.multipart;
    if (await answerNotModified(request, reply, `${newestVersion}-${count}${original ? '-original' : ''}${single ? '' : '-multipart'}`)) return;
    await (single ? this.sendSingle(rows, original, reply) : this.sendMultipart(rows, original, reply));
  }

  private async sendSingle(rows: AsyncIterable<InstanceRow>, original: boolean, reply: FastifyReply): Promise<void> {
    for await (const found of rows) {
      const { row, chunks } = await this.instances.open(found, original);
      await sendParts(reply, `${APPLICATION_DICOM}; transfer-syntax=${row.transferSyntax}`, passOn(chunks), row.size);
    }
  }

  private async sendMultipart(rows: AsyncIterable<InstanceRow>, original: boolean, reply: FastifyReply): Promise<void> {
    const writer = createMultipartWriter(APPLICATION_DICOM);
    const parts = streamParts(rows, {
      open: (row) => this.instances.open(row, original),
      head: ({ transferSyntax }) => writer.partHead(`${APPLICATION_DICOM}; transfer-syntax=${transferSyntax}`),
      closing: () => writer.closing(),
    });
    await sendParts(reply, writer.contentType, parts);
  }
}

/** Only what is stored is sent: a request that needs another syntax is refused before its first byte. */
function requireMatch(selection: Selection, stored: string): { acceptable: { multipart: boolean } } {
  const match = matchInstance(selection, stored, () => false);
  if (match.kind !== 'not-acceptable') return match;
  throw new NotAcceptable(`The instances are stored with transfer syntax ${stored} and cannot be transcoded to what the Accept header names; ask with transfer-syntax=*.`);
}

async function* passOn(chunks: LentChunks): AsyncGenerator<Buffer> {
  yield* chunks;
}
