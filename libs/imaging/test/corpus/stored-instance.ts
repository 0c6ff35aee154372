import { inflateRawSync } from 'node:zlib';

import { alignBits, buildFrameTable, describeInstance, frameParts, type FrameTable, Part10Scanner, type ScannedPart10, webView } from '@isocenter/dicom';

import { describeImage, type ImageDescription, type Metadata } from '../../src/index.js';

/** A Part 10 file as an archive would have it. */
export interface StoredInstance {
  readonly file: ScannedPart10;
  readonly metadata: Metadata;
  readonly table: FrameTable;
  image(): ImageDescription;
  /** @param number from 1 */
  frame(number: number): Buffer;
  /** The value of a BulkDataURI. */
  bulk(path: string): Buffer;
}

export async function readInstance(bytes: Buffer): Promise<StoredInstance> {
  const scanner = new Part10Scanner();
  await scanner.push(bytes);
  const file = await scanner.end();
  scanner.destroy();
  const description = describeInstance(file);
  const { json, marks } = description.metadata;
  const metadata = JSON.parse(Buffer.concat(webView(json, marks, '')).toString('utf8')) as Metadata;
  const table = buildFrameTable(file, description.image);
  const content = file.deflated ? inflated(bytes, file) : bytes;
  return {
    file, metadata, table,
    image: () => describeImage(metadata),
    frame(number) {
      if (table.kind === 'unknown') throw new Error(table.why);
      const { offset, length, slices, firstBit, bits } = frameParts(table, number);
      const range = content.subarray(offset, offset + length);
      const joined = Buffer.concat(slices.map((slice) => range.subarray(slice.offset, slice.offset + slice.length)));
      return table.kind === 'native' ? alignBits(joined, firstBit, bits) : joined;
    },
    bulk(path) {
      const value = description.bulk.find((one) => one.path === path);
      if (value === undefined) throw new Error(`There is no bulk value ${path}.`);
      return content.subarray(value.offset, value.offset + value.length);
    },
  };
}

function inflated(bytes: Buffer, file: ScannedPart10): Buffer {
  const { count, valueOffsets, lengths, tags } = file.elements;
  let end = 0;
  for (let row = 0; row < count && (tags[row] ?? 0) >>> 16 === 2; row++) end = (valueOffsets[row] ?? 0) + (lengths[row] ?? 0);
  return Buffer.concat([bytes.subarray(0, end), inflateRawSync(bytes.subarray(end))]);
}
