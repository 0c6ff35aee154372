import { type Overlay } from './presentation.js';
import { type Raster } from './raster.js';

/** White, in place, where an overlay has a one; what lies outside the image is left out. */
export function drawOverlays({ pixels, width, height }: Raster, overlays: readonly Overlay[]): void {
  for (const { rows, columns, top, left, bits } of overlays) {
    for (let row = Math.max(0, 1 - top); row < rows && row + top - 1 < height; row++) {
      for (let column = Math.max(0, 1 - left); column < columns && column + left - 1 < width; column++) {
        const at = row * columns + column;
        if (((bits[at >> 3] ?? 0) >> at % 8) & 1) pixels[(row + top - 1) * width + column + left - 1] = 255;
      }
    }
  }
}

/** White where one of the bits of a stored word is set: overlays inside Pixel Data (PS3.3 §C.9.2, as it was until 2004). */
export function drawOverlayBits({ pixels }: Raster, words: Uint16Array, bits: number): void {
  for (let at = 0; at < pixels.length; at++) if ((words[at]! & bits) !== 0) pixels[at] = 255;
}
