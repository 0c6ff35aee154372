import { type ImageDescription } from '../image-description.js';
import { ImagingError } from '../imaging-error.js';

/** A codec takes memory for what the codestream says: that must be what the data set says, whose size was checked. */
export function checkCodestream(stream: { rows: number; columns: number; components: number; precision: number }, image: ImageDescription): void {
  const { rows, columns, samplesPerPixel, bitsAllocated } = image;
  if (stream.rows !== rows || stream.columns !== columns) throw new ImagingError('malformed', `The codestream has ${stream.columns} × ${stream.rows} pixels, the data set says ${columns} × ${rows}.`);
  if (stream.components !== samplesPerPixel) throw new ImagingError('malformed', `The codestream has ${stream.components} components, the data set says ${samplesPerPixel} samples a pixel.`);
  if (stream.precision > bitsAllocated) throw new ImagingError('malformed', `The codestream has samples of ${stream.precision} bits, the data set allocates ${bitsAllocated}.`);
}
