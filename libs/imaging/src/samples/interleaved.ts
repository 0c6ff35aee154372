import { frameBytes, type ImageDescription, isSubsampled, type RawFrame } from '../image-description.js';

/** The same samples pixel by pixel, each pixel with all of them: what codecs take. The frame itself where it is so. */
export function interleaved(frame: RawFrame): RawFrame {
  const { pixels, image } = frame;
  if (image.samplesPerPixel === 1) return frame;
  if (isSubsampled(image) && pixels.length < frameBytes(image)) return { pixels: upsampled(pixels, image), image: full(image) };
  if (image.planarConfiguration === 0) return isSubsampled(image) ? { pixels, image: full(image) } : frame;
  return { pixels: byPixel(pixels, image), image: full(image) };
}

function full(image: ImageDescription): ImageDescription {
  return { ...image, planarConfiguration: 0, photometricInterpretation: image.photometricInterpretation.replace('_422', '') };
}

/** Planes, one behind the other, to pixels. */
export function byPixel(planes: Buffer, { rows, columns, samplesPerPixel, bitsAllocated }: ImageDescription): Buffer {
  const width = bitsAllocated / 8;
  const count = rows * columns;
  const pixels = Buffer.allocUnsafe(count * samplesPerPixel * width);
  for (let sample = 0, from = 0; sample < samplesPerPixel; sample++) {
    for (let pixel = 0; pixel < count; pixel++) {
      const to = (pixel * samplesPerPixel + sample) * width;
      for (let byte = 0; byte < width; byte++) pixels[to + byte] = planes[from++]!;
    }
  }
  return pixels;
}

/** Pixels to planes, one behind the other. */
export function planeByPlane(pixels: Buffer, { rows, columns, samplesPerPixel, bitsAllocated }: ImageDescription): Buffer {
  const width = bitsAllocated / 8;
  const count = rows * columns;
  const planes = Buffer.allocUnsafe(count * samplesPerPixel * width);
  for (let sample = 0, to = 0; sample < samplesPerPixel; sample++) {
    for (let pixel = 0; pixel < count; pixel++) {
      const from = (pixel * samplesPerPixel + sample) * width;
      for (let byte = 0; byte < width; byte++) planes[to++] = pixels[from + byte]!;
    }
  }
  return planes;
}

/** Y Y Cb Cr to Y Cb Cr, Y Cb Cr: both pixels have the chroma of the pair. 8 bits. */
function upsampled(pairs: Buffer, { rows, columns }: ImageDescription): Buffer {
  const pixels = Buffer.allocUnsafe(rows * columns * 3);
  for (let from = 0, to = 0; to < pixels.length; from += 4) {
    for (let pixel = 0; pixel < 2 && to < pixels.length; pixel++) {
      pixels[to++] = pairs[from + pixel] ?? 0;
      pixels[to++] = pairs[from + 2] ?? 128;
      pixels[to++] = pairs[from + 3] ?? 128;
    }
  }
  return pixels;
}
