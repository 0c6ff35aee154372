import { acceptOf, answerNotModified, chooseCompressor, chooseDicomJson, dicomJson, parseAccept, type RequestContext } from '@isocenter/http';
import { type ResourcePath, StoredInstances, wantsOriginal } from '@isocenter/stored-instances';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { MetadataReader } from './metadata-reader.js';
import { sendJson } from './send-json.js';

/** WADO-RS metadata at three levels: the DICOM JSON that was made at the store, cut to the dialect's view, never parsed. */
@Injectable()
export class RetrieveMetadata {
  constructor(private readonly instances: StoredInstances, private readonly reader: MetadataReader) {}

  async run(context: RequestContext, path: ResourcePath, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    chooseDicomJson(parseAccept(...acceptOf(request)));
    const original = wantsOriginal(context, request);
    const scope = await this.instances.scopeOf(context, path);
    const { count, newestVersion } = await this.instances.requireSummary(scope);
    const compressor = count === 1 ? undefined : chooseCompressor(request.headers['accept-encoding']);
    if (await answerNotModified(request, reply, `${newestVersion}-${count}-${context.dialect}${original ? '-original' : ''}${compressor ? `-${compressor.name}` : ''}`)) return;
    reply.header('content-type', dicomJson);
    await sendJson(reply, this.reader.array(context, scope, original), compressor);
  }
}
