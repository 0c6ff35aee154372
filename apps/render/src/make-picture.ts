import type { PictureType } from '@isocenter/http';
import { FramePool, type GiveBack, type ImageDescription, type PictureFormat, type PictureOptions } from '@isocenter/imaging';
import type { InstanceRow } from '@isocenter/metadata-store';
import { type MadeResult, type Result, ResultCache } from '@isocenter/result-cache';
import { refuseImage, type StoredImage, StoredImages } from '@isocenter/stored-instances';
import { Injectable } from '@nestjs/common';
import { fitPicture } from './render-frame/fit-picture.js';
import type { RenderParameters } from './render-frame/parse-render-parameters.js';

/** A picture above this has a place while it is made and sent: not more of them are held than there is room for, however slowly clients take them. */
const LARGE_BYTES = 1024 * 1024;

export interface HeldPicture extends Result {
  /** To be called when nobody looks at its bytes any more. */
  release(): void;
}

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
  async run(row: InstanceRow, number: number, mediaType: PictureType, parameters: RenderParameters, signal: AbortSignal, known?: StoredImage): Promise<HeldPicture> {
    let release: GiveBack = () => undefined;
    try {
      const image = this.has(row, number, mediaType, parameters) ? undefined : (known ?? (await this.images.require(row, [number])));
      if (image !== undefined) release = await this.takePlace(image, number, parameters, signal);
      const picture = await this.get(row, number, mediaType, parameters, signal, image);
      // Noise aside it is much smaller than its pixels.
      if (isLarge(picture)) release(picture.length);
      else release();
      return { ...picture, release };
    } catch (error) {
      release();
      throw refuseImage(error);
    }
  }

  /** Before anything of it is held: what it takes at most, since nobody knows before it is made. */
  private async takePlace(image: StoredImage, number: number, shown: RenderParameters, signal: AbortSignal): Promise<GiveBack> {
    this.frames.checkFrame(image.image, this.images.lengthOf(image, number));
    const bytes = pictureBytes(image.image, fitPicture(shown, image.image));
    return bytes <= LARGE_BYTES ? () => undefined : this.frames.takePlace(bytes, signal);
  }

  private get(row: InstanceRow, number: number, mediaType: PictureType, parameters: RenderParameters, signal: AbortSignal, known: StoredImage | undefined): Promise<Result> {
    const make = async (left: AbortSignal): Promise<MadeResult> => {
      const image = known ?? (await this.images.require(row, [number]));
      const length = this.images.lengthOf(image, number);
      this.frames.checkFrame(image.image, length);
      // What is held while it waits: the frame as stored, its LUTs and overlays, its profile. Decoded it is in its thread only.
      const held = length + this.images.presentationLength(image, number) + (parameters.iccProfile === undefined ? 0 : this.images.iccProfileLength(image));
      return this.frames.admit(held, () => this.make(image, number, mediaType, parameters, left), left);
    };
    return this.results.get({ row, form: formOf(number, mediaType, parameters) }, make, signal);
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

/** Whether it is one that is held whole, and much. */
export function isLarge({ bytes, length }: Result): boolean {
  return Buffer.isBuffer(bytes) && length > LARGE_BYTES;
}

/** Of its pixels: compressed it has fewer, but for noise. */
function pictureBytes({ columns, rows, photometricInterpretation }: ImageDescription, { region, fit }: Pick<PictureOptions, 'region' | 'fit'>): number {
  const { width, height } = region ?? { width: columns, height: rows };
  const scale = fit === undefined ? 1 : Math.min(fit.width / width, fit.height / height);
  return Math.ceil(width * height * scale ** 2) * (photometricInterpretation.startsWith('MONOCHROME') ? 1 : 3);
}

/** All that tells pictures of a version apart. */
function formOf(number: number, mediaType: PictureType, { name: _, ...shown }: RenderParameters): string {
  return JSON.stringify([mediaType, number, shown]);
}
