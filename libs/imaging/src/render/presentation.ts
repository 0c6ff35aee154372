import { type LookupTable } from './lookup-table.js';

/** VOI LUT Function (PS3.3 §C.11.2.1.2). */
export type VoiFunction = 'LINEAR' | 'LINEAR_EXACT' | 'SIGMOID';

export interface Window {
  readonly center: number;
  readonly width: number;
  readonly function: VoiFunction;
}

/** One-bit graphics above the image (PS3.3 §C.9.2). */
export interface Overlay {
  readonly rows: number;
  readonly columns: number;
  /** Of its first pixel in the image, from 1; may lie outside. */
  readonly top: number;
  readonly left: number;
  /** The first pixel in the lowest bit. */
  readonly bits: Uint8Array;
}

/** What of an instance decides how a frame looks, beside its pixels. */
export interface Presentation {
  /** Modality LUT (PS3.3 §C.11.1). */
  readonly modality: LookupTable | { readonly slope: number; readonly intercept: number } | undefined;
  /** The first VOI LUT (PS3.3 §C.11.2); it counts before the window. */
  readonly voiLut: LookupTable | undefined;
  /** The first window that is one. */
  readonly window: Window | undefined;
  readonly palette: readonly [LookupTable, LookupTable, LookupTable] | undefined;
  /** Low values are bright. */
  readonly isInverse: boolean;
  readonly overlays: readonly Overlay[];
  /** Of the words of native frames, those that are overlays, as a mask. */
  readonly overlayBits: number;
}
