import { describe, expect, it } from '@jest/globals';
import sharp from 'sharp';

import { encodePicture } from './encode-picture.js';
import { type PictureFormat } from './picture-format.js';
import { type Raster } from './raster.js';

/** A gradient from left to right. */
function raster(channels: 1 | 3, width = 40, height = 30): Raster {
  const pixels = Buffer.from(Array.from({ length: width * height * channels }, (_none, at) => Math.floor(((Math.floor(at / channels) % width) / (width - 1)) * 255)));
  return { pixels, width, height, channels };
}

const formats: PictureFormat[] = ['jpeg', 'png', 'gif', 'webp'];

describe('encodePicture', () => {
  it.each(formats.flatMap((format) => [[format, 1], [format, 3]] as const))('given %s and %d channels, then the picture looks like the raster', async (format, channels) => {
    const given = raster(channels);
    const { bytes, width, height } = await encodePicture(given, { format, quality: 95 });
    const metadata = await sharp(bytes).metadata();
    expect([metadata.format, metadata.width, metadata.height, width, height]).toEqual([format, 40, 30, 40, 30]);
    const shown = await sharp(bytes).removeAlpha().toColourspace('srgb').raw().toBuffer();
    const off = shown.reduce((sum, level, at) => sum + Math.abs(level - given.pixels[channels === 3 ? at : Math.floor(at / 3)]!), 0) / shown.length;
    expect(off).toBeLessThan(format === 'png' ? 0.001 : 2);
  });

  it.each(['jpeg', 'png'] as const)('given a grey raster, then %s is grey', async (format) => {
    const { bytes } = await encodePicture(raster(1), { format, quality: 90 });
    expect((await sharp(bytes).metadata()).channels).toBe(1);
  });

  it('given qualities, then the lower one is smaller', async () => {
    const [low, high] = await Promise.all([10, 95].map((quality) => encodePicture(raster(3, 200, 200), { format: 'jpeg', quality })));
    expect(low!.bytes.length).toBeLessThan(high!.bytes.length);
  });

  it('given a region, then it is all that is shown', async () => {
    const { bytes } = await encodePicture(raster(1), { format: 'png', quality: 90, region: { left: 30, top: 5, width: 10, height: 20 } });
    const { data, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height, data[0]]).toEqual([10, 20, 196]);
  });

  it('given mirrors, then left and right, top and bottom change places', async () => {
    const corner: Raster = { pixels: Buffer.of(1, 2, 3, 4, 5, 6), width: 3, height: 2, channels: 1 };
    const mirrored = async (horizontally: boolean, vertically: boolean): Promise<number[]> => {
      const { bytes } = await encodePicture(corner, { format: 'png', quality: 90, mirror: { horizontally, vertically } });
      return [...(await sharp(bytes).toColourspace('b-w').raw().toBuffer())];
    };
    expect([await mirrored(true, false), await mirrored(false, true)]).toEqual([[3, 2, 1, 6, 5, 4], [4, 5, 6, 1, 2, 3]]);
  });

  describe('colour spaces', () => {
    const colour: Raster = { pixels: Buffer.from(Array.from({ length: 64 }, () => [200, 100, 50]).flat()), width: 8, height: 8, channels: 3 };
    const profileOf = async (space: string): Promise<Buffer> => (await sharp(await sharp(colour.pixels, { raw: { width: 8, height: 8, channels: 3 } }).withIccProfile(space).png().toBuffer()).metadata()).icc!;
    /** The first pixel as it is, without regard to profiles. */
    const pixelOf = async (bytes: Buffer): Promise<number[]> => [...(await sharp(bytes).keepIccProfile().raw().toBuffer()).subarray(0, 3)];

    it.each([['srgb', 'png'], ['p3', 'png'], ['srgb', 'jpeg'], ['srgb', 'webp']] as const)('given %s and no profile, then colours count as sRGB, and the %s has the profile', async (colourSpace, format) => {
      const { bytes } = await encodePicture(colour, { format, quality: 100, colourSpace });
      expect((await sharp(bytes).metadata()).icc?.equals(await profileOf(colourSpace))).toBe(true);
      if (format === 'png') expect(await pixelOf(bytes)).toEqual(colourSpace === 'srgb' ? [200, 100, 50] : [expect.closeTo(187, -0.5), expect.closeTo(106, -0.5), expect.closeTo(61, -0.5)]);
    });

    it('given a profile and a space, then colours are turned into it', async () => {
      const { bytes } = await encodePicture(colour, { format: 'png', quality: 100, colourSpace: 'srgb', iccProfile: await profileOf('p3') });
      expect((await sharp(bytes).metadata()).icc?.equals(await profileOf('srgb'))).toBe(true);
      const [red, green, blue] = await pixelOf(bytes) as [number, number, number];
      expect([red > 205, green < 99, blue < 45]).toEqual([true, true, true]);
      const same = await encodePicture(colour, { format: 'png', quality: 100, colourSpace: 'p3', iccProfile: await profileOf('p3') });
      expect(await pixelOf(same.bytes)).toEqual([200, 100, 50].map((level) => expect.closeTo(level, -0.5)));
    });

    it('given a grey raster, then there is no profile', async () => {
      for (const options of [{ colourSpace: 'srgb' as const }, { iccProfile: await profileOf('p3') }]) {
        const { icc, channels } = await sharp((await encodePicture(raster(1), { format: 'png', quality: 90, ...options })).bytes).metadata();
        expect([icc, channels]).toEqual([undefined, 1]);
      }
    });
  });

  it.each(['jpeg', 'png'] as const)('given an ICC profile, then it is in the %s', async (format) => {
    const { icc: iccProfile } = await sharp(await sharp(raster(3).pixels, { raw: { width: 40, height: 30, channels: 3 } }).withIccProfile('p3').png().toBuffer()).metadata();
    const { bytes } = await encodePicture(raster(3), { format, quality: 90, iccProfile });
    expect((await sharp(bytes).metadata()).icc?.equals(iccProfile!)).toBe(true);
  });

  it('given an ICC profile of several segments, then JPEG has all of it', async () => {
    const iccProfile = Buffer.from(Array.from({ length: 150_000 }, (_none, at) => (at * 7) % 251));
    const { bytes } = await encodePicture(raster(3), { format: 'jpeg', quality: 90, iccProfile });
    expect((await sharp(bytes).metadata()).icc?.equals(iccProfile)).toBe(true);
  });

  it('given a size to fit, then proportions stay, larger or smaller', async () => {
    for (const [side, wanted] of [[20, [20, 15]], [400, [400, 300]]] as const) {
      const { width, height } = await encodePicture(raster(1), { format: 'png', quality: 90, fit: { width: side, height: side } });
      expect([width, height]).toEqual(wanted);
    }
  });

  it('given a region outside the image, or a picture beyond its format, then it is refused', async () => {
    await expect(encodePicture(raster(1), { format: 'png', quality: 90, region: { left: 30, top: 5, width: 11, height: 20 } })).rejects.toMatchObject({ code: 'region', message: 'The region lies outside the image, which has 40 × 30 pixels.' });
    await expect(encodePicture(raster(1), { format: 'webp', quality: 90, fit: { width: 20_000, height: 100 } })).rejects.toMatchObject({ code: 'too-large' });
  });
});
