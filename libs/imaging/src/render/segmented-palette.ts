import { ImagingError } from '../imaging-error.js';

const DISCRETE = 0;
const LINEAR = 1;
const INDIRECT = 2;
/** A descriptor names no more. Each segment gives one entry at least, so there are no more segments either. */
const MAX_ENTRIES = 65536;

/**
 * The entries of a Segmented Palette Color Lookup Table (PS3.3 §C.7.9.2): runs of values, straight lines from the last value, and
 * references to segments before, by the byte at which they begin. What stands behind the last entry is not read.
 *
 * @param segments 16-bit words, little endian
 * @param count of entries, as the descriptor says it
 * @throws ImagingError `malformed` when the segments do not give so many
 */
export function expandSegments(segments: Buffer, count: number): Uint16Array {
  const words = new Uint16Array(new Uint8Array(segments).buffer, 0, Math.floor(segments.length / 2));
  const entries = new Uint16Array(Math.min(count, MAX_ENTRIES));
  if (new Expansion(words, entries).expand(0, Infinity, false) === entries.length) return entries;
  throw new ImagingError('malformed', `The segments of the palette do not give the ${count} entries that its descriptor says.`);
}

class Expansion {
  private readonly words: Uint16Array;
  private readonly entries: Uint16Array;
  private filled = 0;
  private segments = 0;

  constructor(words: Uint16Array, entries: Uint16Array) {
    this.words = words;
    this.entries = entries;
  }

  /** @returns entries that there are */
  expand(from: number, count: number, isReference: boolean): number {
    const { words, entries } = this;
    let at = from;
    for (let segment = 0; segment < count && at + 2 < words.length && this.filled < entries.length; segment++) {
      if (++this.segments > MAX_ENTRIES) break;
      const [opcode, length] = [words[at]!, words[at + 1]!];
      const room = Math.min(length, entries.length - this.filled);
      if (opcode === DISCRETE) {
        const run = words.subarray(at + 2, at + 2 + room);
        entries.set(run, this.filled);
        this.filled += run.length;
        at += 2 + length;
      } else if (opcode === LINEAR) {
        const start = entries[this.filled - 1] ?? 0;
        const end = words[at + 2]!;
        for (let i = 1; i <= room; i++) entries[this.filled++] = Math.round(start + ((end - start) * i) / length);
        at += 3;
      } else if (opcode === INDIRECT && !isReference && at + 3 < words.length) {
        this.expand((words[at + 2]! + words[at + 3]! * 65536) / 2, length, true);
        at += 4;
      } else break;
    }
    return this.filled;
  }
}
