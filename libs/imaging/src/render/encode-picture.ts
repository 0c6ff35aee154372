import sharp, { type Sharp } from 'sharp';

import { ImagingError } from '../imaging-error.js';
import { embedProfile } from './embed-profile.js';
import { type PictureFormat } from './picture-format.js';
import { type Raster } from './raster.js';


export interface PictureOptions {
  readonly format: PictureFormat;
  /** 1 to 100, of JPEG and WebP. */
  readonly quality: number;
  /** The part of the image that is shown; all of it if undefined. Whole pixels. */
  readonly region?: { readonly left: number; readonly top: number; readonly width: number; readonly height: number } | undefined;
  /** After the region was cut out (PS3.18 §8.3.5.1.3). */
  readonly mirror?: { readonly horizontally: boolean; readonly vertically: boolean } | undefined;
  /** The picture is made to fit into it, larger or smaller, with its proportions kept. */
  readonly fit?: { readonly width: number; readonly height: number } | undefined;
  /** An ICC profile of the colours; without `colourSpace` it is put into JPEG and PNG as it is (PS3.18 §8.3.5.1.5). Grey pictures have none. */
  readonly iccProfile?: Uint8Array | undefined;
  /** Colours are turned from the profile, or from sRGB where there is none, into this space, whose profile is put into JPEG, PNG and WebP. */
  readonly colourSpace?: 'srgb' | 'p3' | undefined;
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

/** @throws ImagingError `region` for a region outside the image, `too-large` for a picture that its format cannot hold */
export async function encodePicture(raster: Raster, { format, quality, region, mirror, fit, iccProfile, colourSpace }: PictureOptions): Promise<Picture> {
  const { pixels, width, height, channels } = raster;
  if (region !== undefined && !isInside(region, raster)) throw new ImagingError('region', `The region lies outside the image, which has ${width} × ${height} pixels.`);
  const sides = [fit?.width ?? region?.width ?? width, fit?.height ?? region?.height ?? height];
  if (sides.some((side) => side > MAX_SIDE[format])) throw new ImagingError('too-large', `A picture of ${sides.join(' × ')} pixels is more than ${format.toUpperCase()} holds.`);
  const hasColours = channels === 3;
  const input = sharp(pixels, { raw: { width, height, channels }, limitInputPixels: false });
  let picture = hasColours && colourSpace !== undefined ? await intoSpace(input, colourSpace, iccProfile) : input;
  if (region !== undefined) picture = picture.extract(region);
  if (mirror?.horizontally === true) picture = picture.flop();
  if (mirror?.vertically === true) picture = picture.flip();
  if (fit !== undefined) picture = picture.resize({ ...fit, fit: 'inside' });
  if (channels === 1) picture = picture.toColourspace('b-w');
  const { data, info } = await encoded(picture, format, quality).toBuffer({ resolveWithObject: true });
  return { bytes: hasColours && colourSpace === undefined && iccProfile !== undefined ? embedProfile(data, format, iccProfile) : data, width: info.width, height: info.height };
}

/** A profile is looked at in files only. */
async function intoSpace(picture: Sharp, space: 'srgb' | 'p3', profile: Uint8Array | undefined): Promise<Sharp> {
  if (profile === undefined) return picture.withIccProfile(space);
  const file = await picture.png({ compressionLevel: 0, adaptiveFiltering: false }).toBuffer();
  return sharp(embedProfile(file, 'png', profile), { limitInputPixels: false }).withIccProfile(space);
}

function encoded(picture: Sharp, format: PictureFormat, quality: number): Sharp {
  // Huffman tables made for the picture save a few percent of it, and take as long as all else.
  if (format === 'jpeg') return picture.jpeg({ quality, chromaSubsampling: '4:4:4', optimiseCoding: false });
  if (format === 'webp') return picture.webp({ quality });
  return format === 'png' ? picture.png({ compressionLevel: 1, adaptiveFiltering: false }) : picture.gif();
}

function isInside({ left, top, width, height }: NonNullable<PictureOptions['region']>, raster: Raster): boolean {
  return left >= 0 && top >= 0 && width >= 1 && height >= 1 && left + width <= raster.width && top + height <= raster.height;
}
