import { acceptOf, answerNotModified, choosePicture, dialectPolicies, leftSignal, NotAcceptable, NotFound, parseAccept, type PictureType, queryOf, queryParameters, type RequestContext } from '@isocenter/http';
import { ImagingError, RESULTS_REVISION, transferSyntaxOf } from '@isocenter/imaging';
import type { InstanceRow, InstanceScope } from '@isocenter/metadata-store';
import { type ResourcePath, type StoredImage, StoredImages, StoredInstances } from '@isocenter/stored-instances';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type HeldPicture, MakePicture } from '../make-picture.js';
import { parseFrameNumber } from '../render-frame/parse-frame-number.js';
import { parseRenderParameters, type RenderParameters } from '../render-frame/parse-render-parameters.js';
import { sendPicture } from '../send-picture.js';

/** Columns and rows into which a thumbnail fits unless a viewport is given. */
const SIDE = 128;
/** Instances with frames that are looked at for one that is an image. */
const LOOKED_AT = 50;
/** Images that are tried: each takes its time. */
const TRIED = 4;

interface Candidate {
  readonly row: InstanceRow;
  readonly image?: StoredImage;
}

export interface ThumbnailPath extends ResourcePath {
  readonly frame?: string;
}

/** A small picture of a frame, or of a study, series or instance: of the first frame of its first image that can be shown (PS3.18 §10.4.1.1.4). */
@Injectable()
export class RenderThumbnail {
  constructor(private readonly instances: StoredInstances, private readonly storedImages: StoredImages, private readonly makePicture: MakePicture) {}

  async run(context: RequestContext, { frame, ...path }: ThumbnailPath, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { render } = dialectPolicies[context.dialect];
    const mediaType = choosePicture(parseAccept(...acceptOf(request)), render.pictures);
    const asked = parseRenderParameters(queryParameters(queryOf(request.url)), render);
    const parameters = fitThumbnail(asked);
    const number = frame === undefined ? 1 : parseFrameNumber(frame);
    const scope = await this.instances.scopeOf(context, path);
    const answer = async ({ row, image }: Candidate): Promise<void> => {
      if (await answerNotModified(request, reply, `${row.version}-${RESULTS_REVISION}-thumbnail-${number}-${mediaType}-${asked.name}`)) return;
      const make = (current: InstanceRow): Promise<HeldPicture> => this.makePicture.run(current, number, mediaType, parameters, leftSignal(reply), current === row ? image : undefined);
      await sendPicture(reply, mediaType, await this.instances.resolving(row, make));
    };
    if (frame !== undefined) await answer({ row: await this.instances.requireInstance(scope) });
    else await this.ofFirst(this.images(scope, mediaType, parameters), answer);
  }

  /** Makes the thumbnail that is asked for most often, and keeps it. */
  async warm(scope: InstanceScope, signal: AbortSignal): Promise<void> {
    const { render } = dialectPolicies['dicom-web'];
    const mediaType = choosePicture(parseAccept('*/*', undefined), render.pictures);
    const parameters = fitThumbnail(parseRenderParameters(new Map(), render));
    await this.ofFirst(this.images(scope, mediaType, parameters), async ({ row, image }) => {
      if (image !== undefined) (await this.makePicture.run(row, 1, mediaType, parameters, signal, image)).release();
    });
  }

  /** Of the first one that can be shown: frames may be damaged, or of a kind that is not known. */
  private async ofFirst(candidates: AsyncIterable<Candidate>, make: (candidate: Candidate) => Promise<void>): Promise<void> {
    let refused: Error = new NotFound('There is no image of which a thumbnail could be made.');
    let tried = 0;
    for await (const candidate of candidates) {
      try {
        return await make(candidate);
      } catch (error) {
        if (!(error instanceof NotAcceptable)) throw error;
        if (++tried === 1) refused = error;
      }
      if (tried === TRIED) break;
    }
    throw refused;
  }

  /** An instance whose thumbnail is kept is one; others are looked at, and given. The metadata of those without frames, which may be large, are not read. */
  private async *images(scope: InstanceScope, mediaType: PictureType, parameters: RenderParameters): AsyncGenerator<Candidate> {
    let looked = 0;
    for await (const row of this.rows(scope)) {
      if (row.frameCount === 0) continue;
      if (this.makePicture.has(row, 1, mediaType, parameters)) yield { row };
      // Else a video, or what no decoder knows.
      else if (transferSyntaxOf(row.transferSyntax) !== undefined) yield* this.imageOf(row);
      if (++looked === LOOKED_AT) break;
    }
  }

  private async *imageOf(row: InstanceRow): AsyncGenerator<Candidate> {
    let image: StoredImage;
    try {
      image = await this.storedImages.require(row, [1]);
    } catch (error) {
      if (error instanceof NotFound || error instanceof ImagingError) return;
      throw error;
    }
    yield { row: image.row, image };
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
