import { lookUp } from './lookup-table.js';
import { type Presentation, type Window } from './presentation.js';

/** Stored value to a level of 0 to 255, a whole number. */
export type Levels = (value: number) => number;

/** Stored value to modality value. */
type Modality = (value: number) => number;

/** Lowest and highest value. */
export type Extremes = readonly [number, number];

/**
 * Modality LUT, then VOI LUT or window, then inversion (PS3.4 §N.2).
 *
 * @param extremes of the frame, as the modality LUT gives them: where the instance says nothing, its values are spread over all levels
 * @param asked a window of the request, which counts before all of the instance's
 */
export function greyLevels(presentation: Presentation, extremes: (modality: Modality) => Extremes, asked: Window | undefined): Levels {
  const modality = modalityOf(presentation);
  const levels = levelsOf(presentation, modality, extremes, asked);
  return presentation.isInverse ? (value) => Math.floor(255 - clamp(levels(modality(value)))) : (value) => Math.floor(clamp(levels(modality(value))));
}

function modalityOf({ modality }: Presentation): Modality {
  if (modality === undefined) return (value) => value;
  if ('entries' in modality) return (value) => lookUp(modality, value);
  return (value) => value * modality.slope + modality.intercept;
}

/** Modality value to a level that may have a fraction, or lie outside. */
function levelsOf({ voiLut, window }: Presentation, modality: Modality, extremes: (modality: Modality) => Extremes, asked: Window | undefined): (value: number) => number {
  if (asked === undefined && voiLut !== undefined) {
    const range = 2 ** voiLut.bits;
    // The high bits, as DCMTK does; whole, so that inversion does not cut once more.
    return (value) => Math.floor((lookUp(voiLut, value) * 256) / range);
  }
  const used = asked ?? window;
  if (used !== undefined) return windowLevels(used);
  const [low, high] = extremes(modality);
  return high > low ? (value) => ((value - low) * 255) / (high - low) : () => 0;
}

function windowLevels({ center, width, function: kind }: Window): (value: number) => number {
  if (kind === 'SIGMOID') return (value) => 255 / (1 + Math.exp((-4 * (value - center)) / width));
  if (kind === 'LINEAR_EXACT') return (value) => ((value - center + width / 2) * 255) / width;
  if (width <= 1) return (value) => (value <= center - 0.5 ? 0 : 255);
  // Multiplied first: a window of all 256 levels shows each as it is.
  const low = center - 0.5 - (width - 1) / 2;
  return (value) => ((value - low) * 255) / (width - 1);
}

/** Also of what is no number, as float pixels may have it. */
function clamp(level: number): number {
  return level >= 255 ? 255 : level > 0 ? level : 0;
}
