import { acceptOf, answerNotModified, choosePicture, dialectPolicies, NotFound, parseAccept, queryOf, queryParameters, type RequestContext, sendBuffers } from '@isocenter/http';
import { ImagingError } from '@isocenter/imaging';
import type { InstanceScope } from '@isocenter/metadata-store';
import { type ResourcePath, type StoredImage, StoredImages, StoredInstances } from '@isocenter/stored-instances';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { MakePicture } from '../make-picture.js';
import { parseRenderParameters } from '../render-frame/parse-render-parameters.js';

/** Columns and rows into which a thumbnail fits unless a viewport is given. */
const SIDE = 128;
/** Instances that are looked at for one that is an image. */
const LOOKED_AT = 50;

/** A small picture of a study, series or instance: of the first frame of its first image (PS3.18 §10.4.1.1.4). */
@Injectable()
export class RenderThumbnail {
  constructor(private readonly instances: StoredInstances, private readonly images: StoredImages, private readonly makePicture: MakePicture) {}

  async run(context: RequestContext, path: ResourcePath, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { render } = dialectPolicies[context.dialect];
    const mediaType = choosePicture(parseAccept(...acceptOf(request)), render.pictures);
    const parameters = parseRenderParameters(queryParameters(queryOf(request.url)), render);
    const image = await this.firstImage(await this.instances.scopeOf(context, path));
    if (await answerNotModified(request, reply, `${image.row.version}-thumbnail-${mediaType}-${parameters.name}`)) return;
    const picture = await this.makePicture.run(image, 1, mediaType, { ...parameters, viewport: parameters.viewport ?? { width: SIDE, height: SIDE } }, reply);
    sendBuffers(reply, mediaType, [picture], () => undefined);
  }

  private async firstImage(scope: InstanceScope): Promise<StoredImage> {
    const { rows } = await this.instances.requireInstances(scope);
    let looked = 0;
    for await (const row of rows) {
      try {
        return await this.images.require(row, [1]);
      } catch (error) {
        if (!(error instanceof NotFound) && !(error instanceof ImagingError)) throw error;
      }
      if (++looked === LOOKED_AT) break;
    }
    throw new NotFound('There is no image of which a thumbnail could be made.');
  }
}
