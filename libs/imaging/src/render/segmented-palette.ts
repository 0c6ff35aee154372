const DISCRETE = 0;
const LINEAR = 1;
const INDIRECT = 2;
const MAX_ENTRIES = 65536;

/**
 * The entries of a Segmented Palette Color Lookup Table (PS3.3 §C.7.9.2): runs of values, straight lines from the last value, and
 * references to segments before, by the byte at which they begin.
 *
 * @param segments 16-bit words, little endian
 * @returns entries, as many as a descriptor can name; what is no segment ends them
 */
export function expandSegments(segments: Buffer): Uint16Array {
  const words = Array.from({ length: Math.floor(segments.length / 2) }, (_none, at) => segments.readUInt16LE(2 * at));
  const entries: number[] = [];
  expand(words, 0, Infinity, entries, false);
  return Uint16Array.from(entries.slice(0, MAX_ENTRIES));
}

function expand(words: readonly number[], from: number, count: number, entries: number[], isReference: boolean): void {
  let at = from;
  for (let segment = 0; segment < count && at + 1 < words.length && entries.length < MAX_ENTRIES; segment++) {
    const [opcode, length] = [words[at]!, words[at + 1] ?? 0];
    if (opcode === DISCRETE) {
      for (let i = 0; i < length; i++) entries.push(words[at + 2 + i] ?? 0);
      at += 2 + length;
    } else if (opcode === LINEAR) {
      const start = entries.at(-1) ?? 0;
      const end = words[at + 2] ?? 0;
      for (let i = 1; i <= length; i++) entries.push(Math.round(start + ((end - start) * i) / length));
      at += 3;
    } else if (opcode === INDIRECT && !isReference) {
      expand(words, ((words[at + 2] ?? 0) + (words[at + 3] ?? 0) * 65536) / 2, length, entries, true);
      at += 4;
    } else return;
  }
}
