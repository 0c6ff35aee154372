import type { BulkValue } from '@isocenter/dicom';
import type { InstanceRow } from '@isocenter/metadata-store';
import { Readable, Transform, type TransformCallback } from 'node:stream';
import { inflateRange } from '../read-range.js';
import type { StoredInstances } from '../stored-instances.js';

const EXPLICIT_VR_BIG_ENDIAN = '1.2.840.10008.1.2.2';
const DEFLATED = '1.2.840.10008.1.2.1.99';
/** Bytes of a word of these VRs (PS3.5 §6.2). */
const WORD: Readonly<Record<string, number>> = { OW: 2, US: 2, SS: 2, OF: 4, OL: 4, UL: 4, SL: 4, FL: 4, OD: 8, OV: 8, SV: 8, UV: 8, FD: 8 };

/** A part of a bulk value, little endian whatever the stored byte order is (PS3.18 §8.7.3.1). */
export async function openBulkValue(instances: StoredInstances, row: InstanceRow, value: BulkValue, { first, length }: { first: number; length: number }): Promise<Readable> {
  if (length === 0) return Readable.from([]);
  const word = row.transferSyntax === EXPLICIT_VR_BIG_ENDIAN ? (WORD[value.vr] ?? 1) : 1;
  // Whole words are read, so that they can be turned, and what is too much is cut off.
  const from = first - (first % word);
  const to = Math.min(value.length, Math.ceil((first + length) / word) * word);
  const range = { offset: value.offset + from, length: to - from };
  const stream = row.transferSyntax === DEFLATED ? Readable.from(inflateRange(instances.objects, row, range)) : await instances.openRange(row, range);
  if (word === 1) return stream;
  const turn = turnWords(word, first - from, length);
  stream.on('error', (error) => turn.destroy(error));
  return stream.pipe(turn);
}

/** Swaps words of 2, 4 or 8 bytes; passes `length` bytes on from `skip`. */
function turnWords(word: number, skip: number, length: number): Transform {
  let rest: Buffer = Buffer.alloc(0);
  let left = length;
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      const bytes = Buffer.concat([rest, chunk]);
      const whole = bytes.length - (bytes.length % word);
      rest = bytes.subarray(whole);
      const words = swap(bytes.subarray(0, whole), word).subarray(skip);
      skip -= Math.min(skip, whole);
      const out = words.subarray(0, left);
      left -= out.length;
      done(null, out);
    },
  });
}

function swap(bytes: Buffer, word: number): Buffer {
  return word === 2 ? bytes.swap16() : word === 4 ? bytes.swap32() : bytes.swap64();
}
