import { type ScanLimits } from '../src/scan/scan-limits.js';
import { Part10Scanner } from '../src/scan/part10-scanner.js';
import { type ScannedPart10 } from '../src/scan/scanned-part10.js';
import { vrName } from '../src/element-table.js';

/** Pushes the bytes in chunks of the given sizes, over and over. */
export async function scanBytes(bytes: Buffer, chunkSizes: readonly number[] = [bytes.length], limits?: Partial<ScanLimits>): Promise<ScannedPart10> {
  const scanner = new Part10Scanner(limits);
  try {
    for (let at = 0, turn = 0; at < bytes.length; turn++) {
      const size = Math.max(1, chunkSizes[turn % chunkSizes.length]!);
      await scanner.push(bytes.subarray(at, at + size));
      at += size;
    }
    return await scanner.end();
  } catch (reason) {
    scanner.destroy();
    throw reason;
  }
}

/** One line a row: what a test compares. */
export function rowsOf({ elements }: ScannedPart10): string[] {
  const rows: string[] = [];
  for (let row = 0; row < elements.count; row++) {
    const tag = elements.tags[row]!.toString(16).padStart(8, '0');
    rows.push([' '.repeat(elements.depths[row]!) + tag, elements.vrs[row] === 0 ? 'item' : vrName(elements.vrs[row]!), elements.lengths[row]].join(' '));
  }
  return rows;
}

/** The kept value of the first row with this tag. */
export function keptValue({ elements, kept }: ScannedPart10, tag: number): Buffer | undefined {
  const row = elements.tags.subarray(0, elements.count).indexOf(tag);
  const at = row < 0 ? -1 : elements.kept[row]!;
  return at < 0 ? undefined : kept.subarray(at, at + elements.lengths[row]!);
}

/** Everything a scan found, comparable. */
export function summary(file: ScannedPart10): unknown {
  const { elements } = file;
  const columns = [elements.tags, elements.vrs, elements.depths, elements.valueOffsets, elements.lengths, elements.kept, elements.ends];
  return { ...file, elements: columns.map((column) => Array.from(column.subarray(0, elements.count))), kept: file.kept.toString('hex'), fragments: [...file.fragments], fragmentEdges: [...file.fragmentEdges] };
}
