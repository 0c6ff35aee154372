import { acceptOf, answerNotModified, BadRequest, choosePicture, dialectPolicies, parseAccept, queryOf, queryParameters, type RequestContext, sendBuffers } from '@isocenter/http';
import { frameBytes, FramePool, type Picture, type PictureFormat } from '@isocenter/imaging';
import { refuseImage, type StoredImage, StoredImages, StoredInstances } from '@isocenter/stored-instances';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { fitPicture } from './fit-picture.js';
import { parseRenderParameters, type RenderParameters } from './parse-render-parameters.js';

export interface FramePath {
  readonly study: string;
  readonly series: string;
  readonly sop: string;
  readonly frame?: string;
}

/** A picture of one frame, the first one unless another is named (PS3.18 §10.4.1.1.3). */
@Injectable()
export class RenderFrame {
  constructor(private readonly instances: StoredInstances, private readonly images: StoredImages, private readonly frames: FramePool) {}

  async run(context: RequestContext, { frame, ...path }: FramePath, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const { render } = dialectPolicies[context.dialect];
    const mediaType = choosePicture(parseAccept(...acceptOf(request)), render.pictures);
    const parameters = parseRenderParameters(queryParameters(queryOf(request.url)), render);
    const number = frame === undefined ? 1 : parseFrameNumber(frame);
    const row = await this.instances.requireInstance(await this.instances.scopeOf(context, path));
    if (await answerNotModified(request, reply, `${row.version}-${number}-${mediaType}-${parameters.name}`)) return;
    const { bytes } = await this.instances.resolving(row, async (current) => {
      try {
        return await this.render(await this.images.require(current, [number]), number, mediaType.slice('image/'.length) as PictureFormat, parameters, reply);
      } catch (error) {
        throw refuseImage(error);
      }
    });
    sendBuffers(reply, mediaType, [bytes], () => undefined);
  }

  private async render(image: StoredImage, number: number, format: PictureFormat, { window, quality, viewport }: RenderParameters, { raw }: FastifyReply): Promise<Picture> {
    const options = { format, quality, ...fitPicture(viewport, image.image) };
    return this.frames.admit(this.images.lengthOf(image, number) + frameBytes(image.image), async () => {
      const presentation = await this.images.presentation(image, number);
      const { source, release } = await this.images.read(image, number);
      const left = new AbortController();
      const leave = (): void => left.abort();
      raw.once('close', leave);
      try {
        return await this.frames.render(source, presentation, options, { window, signal: left.signal, admitted: true });
      } finally {
        raw.off('close', leave);
        release();
      }
    });
  }
}

/** Throws BadRequest. */
function parseFrameNumber(text: string): number {
  const number = /^ *[0-9]{1,10} *$/.test(text) ? Number(text) : 0;
  if (number >= 1) return number;
  throw new BadRequest(`The frame '${text.slice(0, 80)}' is not valid; allowed is one whole number from 1.`);
}
