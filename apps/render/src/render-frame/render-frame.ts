import { acceptOf, answerNotModified, choosePicture, dialectPolicies, documentTypeOf, documentTypes, leftSignal, parseAccept, type PictureType, queryOf, queryParameters, type RequestContext, takesType } from '@isocenter/http';
import { RESULTS_REVISION } from '@isocenter/imaging';
import { StoredInstances } from '@isocenter/stored-instances';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { MakePicture } from '../make-picture.js';
import { RenderDocument } from '../render-document/render-document.js';
import { sendPicture } from '../send-picture.js';
import { parseFrameNumber } from './parse-frame-number.js';
import { parseRenderParameters } from './parse-render-parameters.js';

/** PS3.18 §8.3.5.1.1: a request that is served all the same is told what was passed over. */
const NOT_ANNOTATED = '299 isocenter "Pictures are not annotated: the parameter annotation was passed over"';

export interface FramePath {
  readonly study: string;
  readonly series: string;
  readonly sop: string;
  readonly frame?: string;
}

/** A picture of one frame, the first one unless another is named; of a document or video itself (PS3.18 §10.4.1.1.3). */
@Injectable()
export class RenderFrame {
  constructor(private readonly instances: StoredInstances, private readonly makePicture: MakePicture, private readonly renderDocument: RenderDocument) {}

  async run(context: RequestContext, { frame, ...path }: FramePath, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { render } = dialectPolicies[context.dialect];
    const ranges = parseAccept(...acceptOf(request));
    const mayBeDocument = render.documents && frame === undefined && documentTypes.some((type) => takesType(ranges, type));
    const picture = (): PictureType => choosePicture(ranges, render.pictures);
    // What nothing could be answered with is told before anything is looked up.
    if (!mayBeDocument) picture();
    const query = queryParameters(queryOf(request.url));
    const parameters = parseRenderParameters(query, render);
    if (render.standardParameters && query.has('annotation')) reply.header('warning', NOT_ANNOTATED);
    const number = frame === undefined ? 1 : parseFrameNumber(frame);
    const row = await this.instances.requireInstance(await this.instances.scopeOf(context, path));
    if (render.documents && frame === undefined && documentTypeOf(row) !== undefined) return this.renderDocument.run(row, ranges, request, reply);
    const mediaType = picture();
    if (await answerNotModified(request, reply, `${row.version}-${RESULTS_REVISION}-${number}-${mediaType}-${parameters.name}`)) return;
    const result = await this.instances.resolving(row, (current) => this.makePicture.run(current, number, mediaType, parameters, leftSignal(reply)));
    await sendPicture(reply, mediaType, result);
  }
}
