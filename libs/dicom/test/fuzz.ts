import { pathToFileURL } from 'node:url';
import { buildFrameTable } from '../src/frames/build-frame-table.js';
import { decodeFrameTable, encodeFrameTable } from '../src/frames/encode-frame-table.js';
import { frameParts } from '../src/frames/frame-parts.js';
import { DicomParseError } from '../src/scan/dicom-parse-error.js';
import { mutate, randomFrom, type Random } from './mutate.js';
import { sampleFiles } from './sample-files.js';
import { scanBytes } from './scan-bytes.js';

/** Processor time of this thread: a case that waits for its turn on a busy machine is not a slow one. */
const CASE_MILLISECONDS = 1000;
/** Small, so that a case that runs into one costs little; high enough that no sample does. */
const limits = { headerBytes: 1 << 20, elements: 20_000, fragments: 20_000, inflatedBytes: 1 << 22 };
const RSS_BYTES = 512 * 2 ** 20;

export interface FuzzOutcome {
  readonly scanned: number;
  readonly refused: Readonly<Record<string, number>>;
  readonly slowestMilliseconds: number;
}

/**
 * Scans `count` mutated files. The same seed gives the same files.
 *
 * @throws Error naming seed and case when one throws something else than a DicomParseError, takes a second of processor time, gives ranges outside
 * the file, or makes the process grow above 512 MiB
 */
export async function fuzz(count: number, seed: number): Promise<FuzzOutcome> {
  const originals = Object.values(sampleFiles);
  const refused: Record<string, number> = {};
  let scanned = 0;
  let slowestMilliseconds = 0;
  for (let index = 0; index < count; index++) {
    const random = randomFrom(seed * 1_000_003 + index);
    const bytes = mutate(originals[index % originals.length]!, originals, random);
    const begun = process.threadCpuUsage();
    try {
      const code = await outcomeOf(bytes, random);
      if (code === undefined) scanned++;
      else refused[code] = (refused[code] ?? 0) + 1;
    } catch (reason) {
      throw new Error(`Seed ${seed}, case ${index}, ${bytes.toString('base64')}`, { cause: reason });
    }
    const { user, system } = process.threadCpuUsage(begun);
    const taken = (user + system) / 1000;
    slowestMilliseconds = Math.max(slowestMilliseconds, taken);
    if (taken > CASE_MILLISECONDS) throw new Error(`Seed ${seed}, case ${index} took ${taken} ms of processor time.`);
    if (index % 1000 === 0 && process.memoryUsage.rss() > RSS_BYTES) throw new Error(`Seed ${seed}: more than ${RSS_BYTES} bytes resident at case ${index}.`);
  }
  return { scanned, refused, slowestMilliseconds };
}

async function outcomeOf(bytes: Buffer, random: Random): Promise<string | undefined> {
  try {
    const file = await scanBytes(bytes, Array.from({ length: 1 + random(4) }, () => 1 + random(random(2) === 0 ? 8 : bytes.length + 1)), limits);
    const bound = file.deflated ? Infinity : file.size;
    const { elements } = file;
    for (let row = 0; row < elements.count; row++) {
      if (elements.valueOffsets[row]! + elements.lengths[row]! > bound) throw new Error(`Row ${row} lies outside the file.`);
      if (elements.ends[row]! <= row || elements.ends[row]! > elements.count) throw new Error(`Row ${row} has no end.`);
    }
    const table = buildFrameTable(file, { rows: 1 + random(5), columns: 1 + random(5), samplesPerPixel: 1 + random(3), bitsAllocated: [1, 8, 16][random(3)], numberOfFrames: 1 + random(5) });
    const read = decodeFrameTable(encodeFrameTable(table));
    for (let frame = 1; read.kind !== 'unknown' && frame <= read.frames; frame++) {
      const parts = frameParts(read, frame);
      if (parts.offset + parts.length > bound) throw new Error(`Frame ${frame} lies outside the file.`);
    }
    return undefined;
  } catch (reason) {
    if (reason instanceof DicomParseError) return reason.code;
    throw reason;
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [count, seed] = process.argv.slice(2).map(Number);
  console.log(await fuzz(count ?? 100_000, seed ?? 1));
}
