import type { PictureType } from '@isocenter/http';
import { FramePool, type PictureFormat } from '@isocenter/imaging';
import { refuseImage, type StoredImage, StoredImages } from '@isocenter/stored-instances';
import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { fitPicture } from './render-frame/fit-picture.js';
import type { RenderParameters } from './render-frame/parse-render-parameters.js';

/** A picture of a stored frame, made in a thread. */
@Injectable()
export class MakePicture {
  constructor(private readonly images: StoredImages, private readonly frames: FramePool) {}

  /**
   * Throws what a client may hear: 503 when as many wait as may, 406 when the frame cannot be rendered, 400 for a viewport outside of it.
   *
   * @param number of the frame, from 1
   * @param reply of whoever waits: when he leaves, so does the frame
   */
  async run(image: StoredImage, number: number, mediaType: PictureType, parameters: RenderParameters, reply: FastifyReply): Promise<Buffer> {
    try {
      // What is held while it waits: the frame as stored. Decoded it is in its thread only.
      return await this.frames.admit(this.images.lengthOf(image, number), () => this.make(image, number, mediaType, parameters, reply));
    } catch (error) {
      throw refuseImage(error);
    }
  }

  private async make(image: StoredImage, number: number, mediaType: PictureType, { quality, window, ...shown }: RenderParameters, { raw }: FastifyReply): Promise<Buffer> {
    const options = { format: mediaType.slice('image/'.length) as PictureFormat, quality, ...fitPicture(shown, image.image) };
    const presentation = await this.images.presentation(image, number);
    const { source, release } = await this.images.read(image, number);
    const left = new AbortController();
    const leave = (): void => left.abort();
    raw.once('close', leave);
    try {
      const { bytes } = await this.frames.render(source, presentation, options, { window, signal: left.signal, admitted: true });
      return bytes;
    } finally {
      raw.off('close', leave);
      release();
    }
  }
}
