import type { PictureType } from '@isocenter/http';
import { FramePool, type PictureFormat, type PictureOptions } from '@isocenter/imaging';
import type { InstanceRow } from '@isocenter/metadata-store';
import { type MadeResult, type Result, ResultCache } from '@isocenter/result-cache';
import { refuseImage, type StoredImage, StoredImages } from '@isocenter/stored-instances';
import { Injectable } from '@nestjs/common';
import { fitPicture } from './render-frame/fit-picture.js';
import type { RenderParameters } from './render-frame/parse-render-parameters.js';

/** A picture of a stored frame: one that is kept, or made in a thread. */
@Injectable()
export class MakePicture {
  constructor(private readonly images: StoredImages, private readonly frames: FramePool, private readonly results: ResultCache) {}

  /** Whether it is kept. */
  has(row: InstanceRow, number: number, mediaType: PictureType, parameters: RenderParameters): boolean {
    return this.results.has({ row, form: formOf(number, mediaType, parameters) });
  }

  /**
   * Throws what a client may hear: 503 when as many wait as may, 404 when there is no such frame, 406 when it cannot be rendered, 400 for a viewport outside of it.
   *
   * @param number of the frame, from 1
   * @param signal of whoever waits: when all who wait for it have left, so does the frame
   * @param known the image, when it was looked at already
   */
  async run(row: InstanceRow, number: number, mediaType: PictureType, parameters: RenderParameters, signal: AbortSignal, known?: StoredImage): Promise<Result> {
    const make = async (left: AbortSignal): Promise<MadeResult> => {
      const image = known ?? (await this.images.require(row, [number]));
      const length = this.images.lengthOf(image, number);
      this.frames.checkFrame(image.image, length);
      // What is held while it waits: the frame as stored, its LUTs and overlays, its profile. Decoded it is in its thread only.
      const held = length + this.images.presentationLength(image, number) + (parameters.iccProfile === undefined ? 0 : this.images.iccProfileLength(image));
      return this.frames.admit(held, () => this.make(image, number, mediaType, parameters, left), left);
    };
    try {
      return await this.results.get({ row, form: formOf(number, mediaType, parameters) }, make, signal);
    } catch (error) {
      throw refuseImage(error);
    }
  }

  private async make(image: StoredImage, number: number, mediaType: PictureType, { quality, window, iccProfile, ...shown }: RenderParameters, signal: AbortSignal): Promise<MadeResult> {
    const options = { format: mediaType.slice('image/'.length) as PictureFormat, quality, ...fitPicture(shown, image.image), ...(await this.colours(image, iccProfile)) };
    const presentation = await this.images.presentation(image, number);
    const { source, release } = await this.images.read(image, number);
    try {
      const { bytes } = await this.frames.render(source, presentation, options, { window, signal, admitted: true });
      return { head: '', bytes };
    } finally {
      release();
    }
  }

  private async colours(image: StoredImage, asked: RenderParameters['iccProfile']): Promise<Pick<PictureOptions, 'iccProfile' | 'colourSpace'>> {
    if (asked === undefined) return {};
    const iccProfile = await this.images.iccProfile(image);
    if (asked === 'yes') return iccProfile === undefined ? { colourSpace: 'srgb' } : { iccProfile };
    return { iccProfile, colourSpace: asked === 'displayp3' ? 'p3' : 'srgb' };
  }
}

/** All that tells pictures of a version apart. */
function formOf(number: number, mediaType: PictureType, { name: _, ...shown }: RenderParameters): string {
  return JSON.stringify([mediaType, number, shown]);
}
