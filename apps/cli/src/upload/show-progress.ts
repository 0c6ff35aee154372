import { type Output } from '../command.js';
import { cutLine } from '../draw-bar.js';
import { type Counted } from './count-files.js';
import { barOf, describeProgress } from './describe-progress.js';
import { type Tally } from './tally.js';

export interface Progress {
  /** A line of its own. The same one again is not repeated for half a minute. */
  note(text: string): void;
  end(): void;
}

const BAR_EVERY_MS = 200;
const LINE_EVERY_MS = 5_000;
const SAME_NOTE_MS = 30_000;
/** Within this time half of what the rate says is forgotten. */
const HALF_LIFE_MS = 5_000;

/** A bar that stays in its line on a terminal, otherwise a line every few seconds; nothing of it goes to standard output. */
export function showProgress(output: Output, tally: Tally, counted: Counted): Progress {
  const isBar = output.isTTY === true;
  const rate = new Rate();
  const noted = new Map<string, number>();
  const erase = isBar ? '\r\x1b[K' : '';
  const draw = (): void => {
    rate.sample(tally.sentBytes + tally.inFlight, performance.now());
    const line = describeProgress(tally, counted, rate.perSecond);
    output.write(isBar ? `${erase}${cutLine(`${barOf(tally, counted)}${line}`, output.columns)}` : `${line}\n`);
  };
  const timer = setInterval(draw, isBar ? BAR_EVERY_MS : LINE_EVERY_MS);
  timer.unref();
  return {
    note(text) {
      const now = performance.now();
      if (now - (noted.get(text) ?? -SAME_NOTE_MS) < SAME_NOTE_MS) return;
      // Texts of an archive, and there is no end to what it may say.
      if (noted.size >= 100) noted.clear();
      noted.set(text, now);
      output.write(`${erase}${text}\n`);
    },
    end() {
      clearInterval(timer);
      if (isBar) output.write(erase);
    },
  };
}

/** Of the last seconds, the newer the more. */
export class Rate {
  /** Bytes per second; undefined before there are two samples. */
  perSecond: number | undefined;
  #last: { readonly bytes: number; readonly ms: number } | undefined;

  sample(bytes: number, ms: number): void {
    const last = this.#last;
    this.#last = { bytes, ms };
    if (!last || ms <= last.ms) return;
    const now = (Math.max(0, bytes - last.bytes) / (ms - last.ms)) * 1000;
    const kept = this.perSecond === undefined ? 0 : 0.5 ** ((ms - last.ms) / HALF_LIFE_MS);
    this.perSecond = (this.perSecond ?? 0) * kept + now * (1 - kept);
  }
}
