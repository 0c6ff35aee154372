import { acceptOf, answerNotModified, choosePicture, dialectPolicies, leftSignal, NotFound, parseAccept, type PictureType, queryOf, queryParameters, type RequestContext } from '@isocenter/http';
import { ImagingError, transferSyntaxOf } from '@isocenter/imaging';
import type { InstanceRow, InstanceScope } from '@isocenter/metadata-store';
import { type ResourcePath, type StoredImage, StoredImages, StoredInstances } from '@isocenter/stored-instances';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { MakePicture } from '../make-picture.js';
import { parseFrameNumber } from '../render-frame/parse-frame-number.js';
import { parseRenderParameters, type RenderParameters } from '../render-frame/parse-render-parameters.js';
import { sendPicture } from '../send-picture.js';

/** Columns and rows into which a thumbnail fits unless a viewport is given. */
const SIDE = 128;
/** Instances that are looked at for one that is an image. */
const LOOKED_AT = 50;

export interface ThumbnailPath extends ResourcePath {
  readonly frame?: string;
}

/** A small picture of a frame, or of a study, series or instance: of the first frame of its first image (PS3.18 §10.4.1.1.4). */
@Injectable()
export class RenderThumbnail {
  constructor(private readonly instances: StoredInstances, private readonly images: StoredImages, private readonly makePicture: MakePicture) {}

  async run(context: RequestContext, { frame, ...path }: ThumbnailPath, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { render } = dialectPolicies[context.dialect];
    const mediaType = choosePicture(parseAccept(...acceptOf(request)), render.pictures);
    const asked = parseRenderParameters(queryParameters(queryOf(request.url)), render);
    const parameters = fitThumbnail(asked);
    const number = frame === undefined ? 1 : parseFrameNumber(frame);
    const scope = await this.instances.scopeOf(context, path);
    const { row, image } = frame === undefined ? await this.firstImage(scope, mediaType, parameters) : { row: await this.instances.requireInstance(scope) };
    if (await answerNotModified(request, reply, `${row.version}-thumbnail-${number}-${mediaType}-${asked.name}`)) return;
    await sendPicture(reply, mediaType, await this.makePicture.run(row, number, mediaType, parameters, leftSignal(reply), image));
  }

  /** Makes the thumbnail that is asked for most often, and keeps it. */
  async warm(scope: InstanceScope, signal: AbortSignal): Promise<void> {
    const { render } = dialectPolicies['dicom-web'];
    const mediaType = choosePicture(parseAccept('*/*', undefined), render.pictures);
    const parameters = fitThumbnail(parseRenderParameters(new Map(), render));
    const { row, image } = await this.firstImage(scope, mediaType, parameters);
    if (image !== undefined) await this.makePicture.run(row, 1, mediaType, parameters, signal, image);
  }

  /** An instance whose thumbnail is kept is one; of others it is looked at, and given. */
  private async firstImage(scope: InstanceScope, mediaType: PictureType, parameters: RenderParameters): Promise<{ row: InstanceRow; image?: StoredImage }> {
    let looked = 0;
    for await (const row of this.rows(scope)) {
      if (this.makePicture.has(row, 1, mediaType, parameters)) return { row };
      try {
        // A video, or what no decoder knows.
        if (transferSyntaxOf(row.transferSyntax) === undefined) continue;
        const image = await this.images.require(row, [1]);
        return { row: image.row, image };
      } catch (error) {
        if (!(error instanceof NotFound) && !(error instanceof ImagingError)) throw error;
      }
      if (++looked === LOOKED_AT) break;
    }
    throw new NotFound('There is no image of which a thumbnail could be made.');
  }

  /** Most often the first one is an image: those behind it are read when it is not. */
  private async *rows(scope: InstanceScope): AsyncGenerator<InstanceRow> {
    if (scope.sop !== undefined) return yield await this.instances.requireInstance(scope);
    const [first] = await this.instances.store.listInstances(scope, { afterOrdinal: -1, limit: 1 });
    if (first === undefined) return void (await this.instances.requireSummary(scope));
    yield first;
    yield* this.instances.all(scope, first.ordinal);
  }
}

function fitThumbnail(parameters: RenderParameters): RenderParameters {
  return { ...parameters, viewport: parameters.viewport ?? { width: SIDE, height: SIDE } };
}
