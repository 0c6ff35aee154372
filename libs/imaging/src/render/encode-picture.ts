import sharp, { type Sharp } from 'sharp';

import { ImagingError } from '../imaging-error.js';
import { type Raster } from './raster.js';

export type PictureFormat = 'jpeg' | 'png' | 'gif' | 'webp';

export interface PictureOptions {
  readonly format: PictureFormat;
  /** 1 to 100, of JPEG and WebP. */
  readonly quality: number;
  /** The part of the image that is shown; all of it if undefined. Whole pixels. */
  readonly region?: { readonly left: number; readonly top: number; readonly width: number; readonly height: number } | undefined;
  /** The picture is made to fit into it, larger or smaller, with its proportions kept. */
  readonly fit?: { readonly width: number; readonly height: number } | undefined;
}

export interface Picture {
  readonly bytes: Buffer;
  readonly width: number;
  readonly height: number;
}

/** JPEG and WebP hold no more. */
const MAX_SIDE: Readonly<Record<PictureFormat, number>> = { jpeg: 65535, png: 65535, gif: 65535, webp: 16383 };

// A thread of the pool works on one picture; libvips would start a thread for each core of its own.
sharp.concurrency(1);
sharp.cache(false);

/** @throws ImagingError `malformed` for a region outside the image, `too-large` for a picture that its format cannot hold */
export async function encodePicture(raster: Raster, { format, quality, region, fit }: PictureOptions): Promise<Picture> {
  const { pixels, width, height, channels } = raster;
  if (region !== undefined && !isInside(region, raster)) throw new ImagingError('malformed', `The region lies outside the image, which has ${width} × ${height} pixels.`);
  const sides = [fit?.width ?? region?.width ?? width, fit?.height ?? region?.height ?? height];
  if (sides.some((side) => side > MAX_SIDE[format])) throw new ImagingError('too-large', `A picture of ${sides.join(' × ')} pixels is more than ${format.toUpperCase()} holds.`);
  let picture = sharp(pixels, { raw: { width, height, channels }, limitInputPixels: false });
  if (region !== undefined) picture = picture.extract(region);
  if (fit !== undefined) picture = picture.resize({ ...fit, fit: 'inside' });
  if (channels === 1) picture = picture.toColourspace('b-w');
  const { data, info } = await encoded(picture, format, quality).toBuffer({ resolveWithObject: true });
  return { bytes: data, width: info.width, height: info.height };
}

function encoded(picture: Sharp, format: PictureFormat, quality: number): Sharp {
  if (format === 'jpeg') return picture.jpeg({ quality, chromaSubsampling: '4:4:4' });
  if (format === 'webp') return picture.webp({ quality });
  return format === 'png' ? picture.png({ compressionLevel: 1, adaptiveFiltering: false }) : picture.gif();
}

function isInside({ left, top, width, height }: NonNullable<PictureOptions['region']>, raster: Raster): boolean {
  return left >= 0 && top >= 0 && width >= 1 && height >= 1 && left + width <= raster.width && top + height <= raster.height;
}
