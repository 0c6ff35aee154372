import { type ImageDescription, type RawFrame } from '../image-description.js';
import { ImagingError } from '../imaging-error.js';
import { toRgb } from '../samples/to-rgb.js';
import { drawOverlays } from './draw-overlays.js';
import { type Extremes, greyLevels } from './grey-levels.js';
import { lookUp, type LookupTable } from './lookup-table.js';
import { type Presentation, type Window } from './presentation.js';
import { type Raster } from './raster.js';
import { type Integers, isTabled, storedIntegers, storedValues } from './stored-values.js';

/**
 * A decoded frame to 8-bit grey or RGB.
 *
 * @param window of the request; grey images only
 * @throws ImagingError `unsupported` for colours that are not known
 */
export function renderFrame(frame: RawFrame, presentation: Presentation, window?: Window): Raster {
  const { image } = frame;
  if (image.samplesPerPixel === 3) return renderColours(toRgb(frame));
  if (image.samplesPerPixel !== 1) throw new ImagingError('unsupported', `Images of ${image.samplesPerPixel} samples a pixel are not rendered.`);
  if (presentation.palette !== undefined) return renderPalette(frame, presentation.palette);
  const raster = isTabled(image) ? renderIntegers(frame, presentation, window) : renderValues(frame, presentation, window);
  drawOverlays(raster, presentation.overlays);
  return raster;
}

function rasterOf({ rows, columns }: ImageDescription, pixels: Uint8Array, channels: 1 | 3): Raster {
  return { pixels: Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength), width: columns, height: rows, channels };
}

/** RGB of more than 8 bits keeps its high ones. */
function renderColours(frame: RawFrame): Raster {
  const { pixels, image } = frame;
  if (!isTabled(image)) throw new ImagingError('unsupported', `Colours of ${image.bitsAllocated} bits a sample are not rendered.`);
  if (image.bitsAllocated === 8 && image.bitsStored === 8) return rasterOf(image, pixels, 3);
  const most = 2 ** image.bitsStored - 1;
  const values = storedIntegers(frame);
  return rasterOf(image, applyLevels(values, extremesOf(values), (value) => Math.floor((value / most) * 255)), 3);
}

function renderPalette(frame: RawFrame, palette: readonly [LookupTable, LookupTable, LookupTable]): Raster {
  if (!isTabled(frame.image)) throw new ImagingError('unsupported', `Palette indices of ${frame.image.bitsAllocated} bits are not rendered.`);
  const values = storedIntegers(frame);
  const extremes = extremesOf(values);
  const pixels = new Uint8Array(3 * values.length);
  palette.forEach((table, channel) => applyLevels(values, extremes, (value) => lookUp(table, value) >> Math.max(0, table.bits - 8), pixels, channel, 3));
  return rasterOf(frame.image, pixels, 3);
}

/** Samples of 8 and 16 bits. */
function renderIntegers(frame: RawFrame, presentation: Presentation, window: Window | undefined): Raster {
  const values = storedIntegers(frame);
  const extremes = extremesOf(values);
  return rasterOf(frame.image, applyLevels(values, extremes, greyLevels(presentation, extremes, window)), 1);
}

function renderValues(frame: RawFrame, presentation: Presentation, window: Window | undefined): Raster {
  const values = storedValues(frame);
  const levels = greyLevels(presentation, frame.image.bitsAllocated === 1 ? [0, 1] : extremesOf(values), window);
  const pixels = new Uint8Array(values.length);
  for (let at = 0; at < values.length; at++) pixels[at] = levels(values[at]!);
  return rasterOf(frame.image, pixels, 1);
}

/** Each value from the lowest to the highest is worked out once; into every `step`th byte from `to`. */
function applyLevels(values: Integers, [low, high]: Extremes, levels: (value: number) => number, out = new Uint8Array(values.length), to = 0, step = 1): Uint8Array {
  const table = new Uint8Array(high - low + 1);
  for (let at = 0; at < table.length; at++) table[at] = levels(low + at);
  for (let at = 0; at < values.length; at++, to += step) out[to] = table[values[at]! - low]!;
  return out;
}

/** With pixel padding: so does DCMTK. What is no number, as float pixels may have it, does not count. */
function extremesOf(values: Integers | Float64Array): Extremes {
  let low = Infinity;
  let high = -Infinity;
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 0];
}
