import { createHash } from 'node:crypto';
import { instancePath, type DicomWebClient } from '../support/dicomweb-client.js';
import { type CorpusFile } from './manifest.js';
import { type StorableFile } from './prepare-corpus.js';
import { isBigEndian, isNative } from './transfer-syntax.js';

/** Frames asked for in one request. */
const batch = 200;

/** Every frame as it is stored, against the hashes that the manifest has of stored frames. */
export const checkFrames = async (client: DicomWebClient, { file, of, golden }: StorableFile): Promise<string[]> => {
  const wanted = wantedFrames(file);
  if (wanted.length === 0) return [];
  const count = file.frames ?? 1;
  const hashes: string[] = [];
  const whole = createHash('sha256');
  let length = 0;
  for (let from = 1; from <= count; from += batch) {
    const numbers = Array.from({ length: Math.min(batch, count - from + 1) }, (_none, at) => from + at);
    for (const { headers, body } of await client.frames(instancePath(of), numbers)) {
      hashes.push(createHash('sha256').update(body).digest('hex'));
      whole.update(body);
      length += body.length;
      const syntax = /transfer-syntax=([0-9.]+)/.exec(headers['content-type'] ?? '')?.[1];
      if (syntax !== file.transfer_syntax) return [`frame ${hashes.length} is said to be of transfer syntax ${String(syntax)}`];
    }
  }
  const problems = hashes.length === count ? [] : [`${hashes.length} frames came for ${count}`];
  for (const [frame, hash] of wanted) if (hashes[frame - 1] !== hash) problems.push(`frame ${frame} has other bytes`);
  const pixels = golden['7FE00010'];
  const joinable = isNative(file.transfer_syntax ?? '') && !isBigEndian(file.transfer_syntax ?? '') && (file.bits_allocated ?? 0) % 8 === 0;
  if (joinable && pixels?.length === length && whole.digest('hex') !== pixels.sha256) problems.push('the frames together are not the pixel data');
  return problems;
};

/** Frame numbers and hashes; decoded pixels are the stored bytes only where nothing is compressed, packed or swapped. */
const wantedFrames = (file: CorpusFile): (readonly [number, string])[] => {
  const last = file.frames ?? 1;
  const wanted: [number, string][] = (file.frame_sha256 ?? []).map((hash, index) => [index + 1, hash]);
  if (file.encoded_frame0) wanted.push([1, file.encoded_frame0.sha256]);
  if (file.encoded_last_frame) wanted.push([last, file.encoded_last_frame.sha256]);
  const { reference, transfer_syntax: syntax } = file;
  const raw = isNative(syntax ?? '') && !isBigEndian(syntax ?? '') && reference?.dtype !== undefined && bitsOf(reference.dtype) === file.bits_allocated
    && file.bits_stored === file.bits_allocated && (file.samples ?? 1) === 1;
  if (raw && reference?.pixels_sha256_of_frame0 !== undefined) wanted.push([1, reference.pixels_sha256_of_frame0]);
  if (raw && reference?.pixels_sha256_of_last_frame !== undefined) wanted.push([last, reference.pixels_sha256_of_last_frame]);
  return wanted;
};

/** 'u2', '<i2': bytes a sample. */
const bitsOf = (dtype: string): number => 8 * Number(dtype.replace(/\D/g, ''));
