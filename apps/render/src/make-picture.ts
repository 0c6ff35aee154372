import type { PictureType } from '@isocenter/http';
import { FramePool, ImagingError, type PictureFormat } from '@isocenter/imaging';
import { type MadeResult, type Result, ResultCache } from '@isocenter/result-cache';
import { refuseImage, type StoredImage, StoredImages } from '@isocenter/stored-instances';
import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { fitPicture } from './render-frame/fit-picture.js';
import type { RenderParameters } from './render-frame/parse-render-parameters.js';

/** A picture of a stored frame: one that is kept, or made in a thread. */
@Injectable()
export class MakePicture {
  constructor(private readonly images: StoredImages, private readonly frames: FramePool, private readonly results: ResultCache) {}

  /**
   * Throws what a client may hear: 503 when as many wait as may, 406 when the frame cannot be rendered, 400 for a viewport outside of it.
   *
   * @param number of the frame, from 1
   * @param reply of whoever waits: when he leaves, so does the frame
   */
  async run(image: StoredImage, number: number, mediaType: PictureType, parameters: RenderParameters, reply: FastifyReply): Promise<Buffer> {
    const left = new AbortController();
    const leave = (): void => left.abort(new ImagingError('canceled', 'Nobody waits for the picture any more.'));
    reply.raw.once('close', leave);
    if (reply.raw.destroyed) leave();
    const { name: _, ...shown } = parameters;
    const form = JSON.stringify([mediaType, number, shown]);
    try {
      // What is held while it waits: the frame as stored. Decoded it is in its thread only.
      const length = this.images.lengthOf(image, number);
      this.frames.checkFrame(image.image, length);
      const make = (signal: AbortSignal): Promise<MadeResult> => this.frames.admit(length, () => this.make(image, number, mediaType, parameters, signal), signal);
      return await wholeOf(await this.results.get({ row: image.row, form }, make, left.signal));
    } catch (error) {
      throw refuseImage(error);
    } finally {
      reply.raw.off('close', leave);
    }
  }

  private async make(image: StoredImage, number: number, mediaType: PictureType, { quality, window, ...shown }: RenderParameters, signal: AbortSignal): Promise<MadeResult> {
    const options = { format: mediaType.slice('image/'.length) as PictureFormat, quality, ...fitPicture(shown, image.image) };
    const presentation = await this.images.presentation(image, number);
    const { source, release } = await this.images.read(image, number);
    try {
      const { bytes } = await this.frames.render(source, presentation, options, { window, signal, admitted: true });
      return { head: '', bytes };
    } finally {
      release();
    }
  }
}

async function wholeOf({ bytes, length }: Result): Promise<Buffer> {
  if (Buffer.isBuffer(bytes)) return bytes;
  const whole = Buffer.allocUnsafeSlow(length);
  let at = 0;
  for await (const chunk of bytes) at += chunk.copy(whole, at);
  return whole;
}
