import { type ImageDescription, type RawFrame } from '../image-description.js';
import { ImagingError } from '../imaging-error.js';
import { toRgb } from '../samples/to-rgb.js';
import { drawOverlays } from './draw-overlays.js';
import { type Extremes, greyLevels } from './grey-levels.js';
import { lookUp, type LookupTable } from './lookup-table.js';
import { type Presentation, type Window } from './presentation.js';
import { type Raster } from './raster.js';
import { isTabled, storedValues, storedWords, valueOfWord } from './stored-values.js';

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
  const raster = isTabled(image) ? renderWords(frame, presentation, window) : renderValues(frame, presentation, window);
  drawOverlays(raster, presentation.overlays);
  return raster;
}

function rasterOf({ rows, columns }: ImageDescription, pixels: Uint8Array, channels: 1 | 3): Raster {
  return { pixels: Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength), width: columns, height: rows, channels };
}

/** RGB of more than 8 bits keeps its high ones. */
function renderColours({ pixels, image }: RawFrame): Raster {
  if (!isTabled(image)) throw new ImagingError('unsupported', `Colours of ${image.bitsAllocated} bits a sample are not rendered.`);
  if (image.bitsAllocated === 8 && image.bitsStored === 8) return rasterOf(image, pixels, 3);
  const most = 2 ** image.bitsStored - 1;
  return rasterOf(image, applyTable(storedWords({ pixels, image }), image, (value) => Math.floor((value / most) * 255)), 3);
}

function renderPalette(frame: RawFrame, palette: readonly [LookupTable, LookupTable, LookupTable]): Raster {
  if (!isTabled(frame.image)) throw new ImagingError('unsupported', `Palette indices of ${frame.image.bitsAllocated} bits are not rendered.`);
  const words = storedWords(frame);
  const pixels = new Uint8Array(3 * words.length);
  palette.forEach((table, channel) => {
    const levels = tableOf(frame.image, (value) => lookUp(table, value) >> Math.max(0, table.bits - 8));
    for (let at = 0, to = channel; at < words.length; at++, to += 3) pixels[to] = levels[words[at]!]!;
  });
  return rasterOf(frame.image, pixels, 3);
}

/** Samples of 8 and 16 bits: each value that there can be is worked out once. */
function renderWords(frame: RawFrame, presentation: Presentation, window: Window | undefined): Raster {
  const words = storedWords(frame);
  const levels = greyLevels(presentation, () => extremesOf(words, (word) => valueOfWord(word, frame.image)), window);
  return rasterOf(frame.image, applyTable(words, frame.image, levels), 1);
}

function renderValues(frame: RawFrame, presentation: Presentation, window: Window | undefined): Raster {
  const values = storedValues(frame);
  const levels = greyLevels(presentation, () => (frame.image.bitsAllocated === 1 ? [0, 1] : extremesOf(values, (value) => value)), window);
  const pixels = new Uint8Array(values.length);
  for (let at = 0; at < values.length; at++) pixels[at] = levels(values[at]!);
  return rasterOf(frame.image, pixels, 1);
}

function applyTable(words: Uint8Array | Uint16Array, image: ImageDescription, levels: (value: number) => number): Uint8Array {
  const table = tableOf(image, levels);
  const out = new Uint8Array(words.length);
  for (let at = 0; at < words.length; at++) out[at] = table[words[at]!]!;
  return out;
}

function tableOf(image: ImageDescription, levels: (value: number) => number): Uint8Array {
  const table = new Uint8Array(2 ** image.bitsAllocated);
  for (let word = 0; word < table.length; word++) table[word] = levels(valueOfWord(word, image));
  return table;
}

/** With pixel padding: so does DCMTK. */
function extremesOf(words: ArrayLike<number>, valueOf: (word: number) => number): Extremes {
  let low = Infinity;
  let high = -Infinity;
  for (let at = 0; at < words.length; at++) {
    const value = valueOf(words[at]!);
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 0];
}
