import { type ImageDescription, type RawFrame } from '../image-description.js';
import { ImagingError } from '../imaging-error.js';
import { toRgb } from '../samples/to-rgb.js';
import { drawOverlayBits, drawOverlays } from './draw-overlays.js';
import { type Extremes, greyLevels } from './grey-levels.js';
import { lookUp, type LookupTable } from './lookup-table.js';
import { type Presentation, type Window } from './presentation.js';
import { type Raster } from './raster.js';
import { isTabled, spreadBits, storedValues, storedWords, valueOfWord } from './stored-values.js';

/** Gives the memory of a picture. */
export type Room = (bytes: number) => Uint8Array;
const newRoom: Room = (bytes) => new Uint8Array(bytes);

/**
 * A decoded frame to 8-bit grey or RGB.
 *
 * @param window of the request; grey images only
 * @param room where nobody looks at the picture before
 * @throws ImagingError `unsupported` for colours that are not known
 */
export function renderFrame(frame: RawFrame, presentation: Presentation, window?: Window, room = newRoom): Raster {
  const { image } = frame;
  if (image.samplesPerPixel === 3) return renderColours(toRgb(frame), room);
  if (image.samplesPerPixel !== 1) throw new ImagingError('unsupported', `Images of ${image.samplesPerPixel} samples a pixel are not rendered.`);
  if (presentation.palette !== undefined) return renderPalette(frame, presentation.palette, room);
  const render = image.bitsAllocated === 1 ? renderBits : isTabled(image) ? renderIntegers : renderValues;
  const raster = render(frame, presentation, window, room);
  if (isTabled(image) && presentation.overlayBits !== 0) drawOverlayBits(raster, storedWords(frame), presentation.overlayBits);
  drawOverlays(raster, presentation.overlays);
  return raster;
}

function rasterOf({ rows, columns }: ImageDescription, pixels: Uint8Array, channels: 1 | 3): Raster {
  return { pixels: Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength), width: columns, height: rows, channels };
}

/** RGB of more than 8 bits keeps its high ones. */
function renderColours(frame: RawFrame, room: Room): Raster {
  const { pixels, image } = frame;
  if (image.bitsAllocated === 8 && image.bitsStored === 8) return rasterOf(image, pixels, 3);
  const range = 2 ** image.bitsStored;
  if (image.bitsAllocated === 32) {
    const valueAt = storedValues(frame);
    const levels = room(3 * image.rows * image.columns);
    for (let at = 0; at < levels.length; at++) levels[at] = Math.floor((valueAt(at) * 256) / range);
    return rasterOf(image, levels, 3);
  }
  if (!isTabled(image)) throw new ImagingError('unsupported', `Colours of ${image.bitsAllocated} bits a sample are not rendered.`);
  const valueOf = valueOfWord(image);
  const words = storedWords(frame);
  return rasterOf(image, applyLevels(words, image.bitsAllocated, (word) => Math.floor((valueOf(word) * 256) / range), room(words.length)), 3);
}

function renderPalette(frame: RawFrame, palette: readonly [LookupTable, LookupTable, LookupTable], room: Room): Raster {
  if (!isTabled(frame.image)) throw new ImagingError('unsupported', `Palette indices of ${frame.image.bitsAllocated} bits are not rendered.`);
  const words = storedWords(frame);
  const valueOf = valueOfWord(frame.image);
  const pixels = room(3 * words.length);
  palette.forEach((table, channel) => applyLevels(words, frame.image.bitsAllocated, (word) => Math.min(255, lookUp(table, valueOf(word)) >> Math.max(0, table.bits - 8)), pixels, { to: channel, step: 3 }));
  return rasterOf(frame.image, pixels, 3);
}

/** Samples of 8 and 16 bits. */
function renderIntegers(frame: RawFrame, presentation: Presentation, window: Window | undefined, room: Room): Raster {
  const words = storedWords(frame);
  const valueOf = valueOfWord(frame.image);
  const levels = greyLevels(presentation, (modality) => extremesOfWords(words, (word) => modality(valueOf(word))), window);
  const called = nameOfLevels(frame.image, presentation, window);
  return rasterOf(frame.image, applyLevels(words, frame.image.bitsAllocated, (word) => levels(valueOf(word)), room(words.length), { called }), 1);
}

function renderBits({ pixels, image }: RawFrame, presentation: Presentation, window: Window | undefined, room: Room): Raster {
  const levels = greyLevels(presentation, (modality) => extremesOf(2, modality), window);
  return rasterOf(image, spreadBits(pixels, [levels(0), levels(1)], room(image.rows * image.columns)), 1);
}

function renderValues(frame: RawFrame, presentation: Presentation, window: Window | undefined, room: Room): Raster {
  const valueAt = storedValues(frame);
  const count = frame.image.rows * frame.image.columns;
  const levels = greyLevels(presentation, (modality) => extremesOf(count, (at) => modality(valueAt(at))), window);
  const pixels = room(count);
  for (let at = 0; at < count; at++) pixels[at] = levels(valueAt(at));
  return rasterOf(frame.image, pixels, 1);
}

/** Frames of fewer words have each that there is worked out once, others all that there may be: then the loop over the pixels does nothing but look up. */
const MANY_WORDS = 65536;
const UNKNOWN = -1;
/** Level of each word, as far as it was worked out: used again for each frame, since new memory for each keeps the collectors busy. */
const someLevels = new Int16Array(65536);
const allLevels = new Uint8Array(65536);
/** What `allLevels` are of: frames of a series are shown with the same window, one after the other. */
let allLevelsAre: string | undefined;

/**
 * Into every `step`th byte from `to`.
 *
 * @param bits of a word, 8 or 16
 * @param called what `levelOf` is: the same name for the same levels only; undefined when it has none
 */
function applyLevels(words: Uint16Array, bits: number, levelOf: (word: number) => number, out: Uint8Array, { to = 0, step = 1, called }: { readonly to?: number; readonly step?: number; readonly called?: string | undefined } = {}): Uint8Array {
  if (words.length < MANY_WORDS) return applySomeLevels(words, levelOf, out, to, step);
  if (called === undefined || called !== allLevelsAre) for (let word = 0; word < 2 ** bits; word++) allLevels[word] = levelOf(word);
  allLevelsAre = called;
  for (let at = 0; at < words.length; at++, to += step) out[to] = allLevels[words[at]!]!;
  return out;
}

function applySomeLevels(words: Uint16Array, levelOf: (word: number) => number, out: Uint8Array, to: number, step: number): Uint8Array {
  someLevels.fill(UNKNOWN);
  for (let at = 0; at < words.length; at++, to += step) {
    const word = words[at]!;
    if (someLevels[word] === UNKNOWN) someLevels[word] = levelOf(word);
    out[to] = someLevels[word]!;
  }
  return out;
}

/** Undefined where tables count, or the pixels themselves. */
function nameOfLevels({ bitsAllocated, bitsStored, highBit, pixelRepresentation }: ImageDescription, { modality, voiLut, window, isInverse }: Presentation, asked: Window | undefined): string | undefined {
  const used = asked ?? (voiLut === undefined ? window : undefined);
  if (used === undefined || (modality !== undefined && 'entries' in modality)) return undefined;
  return JSON.stringify([bitsAllocated, bitsStored, highBit, pixelRepresentation, modality, used, isInverse]);
}

function extremesOfWords(words: Uint16Array, valueOf: (word: number) => number): Extremes {
  const seen = new Uint8Array(65536);
  for (let at = 0; at < words.length; at++) seen[words[at]!] = 1;
  const there = seen.reduce<number[]>((all, is, word) => (is === 1 && all.push(word), all), []);
  return extremesOf(there.length, (at) => valueOf(there[at]!));
}

/** With pixel padding: so does DCMTK. What is infinite or no number, as float pixels may have it, does not count. */
function extremesOf(count: number, valueAt: (at: number) => number): Extremes {
  let low = Infinity;
  let high = -Infinity;
  for (let at = 0; at < count; at++) {
    const value = valueAt(at);
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : [0, 0];
}
