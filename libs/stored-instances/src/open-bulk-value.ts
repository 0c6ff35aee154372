import type { BulkValue } from '@isocenter/dicom';
import type { InstanceRow } from '@isocenter/metadata-store';
import { DEFLATED, inflateRange } from './read-range.js';
import type { StoredInstances } from './stored-instances.js';

const EXPLICIT_VR_BIG_ENDIAN = '1.2.840.10008.1.2.2';
/** Bytes of a word of these VRs (PS3.5 §6.2). */
const WORD: Readonly<Record<string, number>> = { OW: 2, US: 2, SS: 2, OF: 4, OL: 4, UL: 4, SL: 4, FL: 4, OD: 8, OV: 8, SV: 8, UV: 8, FD: 8 };

/** A part of a bulk value, little endian whatever the stored byte order is (PS3.18 §8.7.3.1). Its chunks are lent. */
export async function openBulkValue(instances: StoredInstances, row: InstanceRow, value: BulkValue, { first, length }: { first: number; length: number }): Promise<AsyncIterable<Buffer>> {
  if (length === 0) return nothing();
  const word = row.transferSyntax === EXPLICIT_VR_BIG_ENDIAN ? (WORD[value.vr] ?? 1) : 1;
  // Whole words are read, so that they can be turned, and what is too much is cut off.
  const from = first - (first % word);
  const to = Math.min(value.length, Math.ceil((first + length) / word) * word);
  const range = { offset: value.offset + from, length: to - from };
  if (row.transferSyntax === DEFLATED) return inflateRange(instances.objects, row, range);
  const chunks = await instances.openRange(row, range);
  return word === 1 ? chunks : turnWords(chunks, word, first - from, length);
}

async function* nothing(): AsyncGenerator<Buffer, void, void> {}

/** Swaps words of 2, 4 or 8 bytes; passes `length` bytes on from `skip`. */
async function* turnWords(chunks: AsyncIterable<Buffer>, word: number, skip: number, length: number): AsyncGenerator<Buffer, void, void> {
  let rest: Buffer = Buffer.alloc(0);
  let left = length;
  for await (const chunk of chunks) {
    const bytes = Buffer.concat([rest, chunk]);
    const whole = bytes.length - (bytes.length % word);
    rest = bytes.subarray(whole);
    const words = swap(bytes.subarray(0, whole), word).subarray(skip);
    skip -= Math.min(skip, whole);
    const out = words.subarray(0, left);
    left -= out.length;
    if (out.length > 0) yield out;
  }
}

function swap(bytes: Buffer, word: number): Buffer {
  return word === 2 ? bytes.swap16() : word === 4 ? bytes.swap32() : bytes.swap64();
}
