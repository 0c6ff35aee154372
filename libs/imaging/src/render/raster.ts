/** A picture of 8-bit samples, row by row, pixel by pixel. */
export interface Raster {
  readonly pixels: Buffer;
  readonly width: number;
  readonly height: number;
  /** Grey, or red, green and blue. */
  readonly channels: 1 | 3;
}
