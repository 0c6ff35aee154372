import { createHash } from 'node:crypto';

import { describeInstance, type InstanceDescription } from '../../src/describe-instance.js';
import { alignBits } from '../../src/frames/align-bits.js';
import { buildFrameTable } from '../../src/frames/build-frame-table.js';
import { frameParts } from '../../src/frames/frame-parts.js';
import { type KnownFrames } from '../../src/frames/frame-table.js';
import { azureView } from '../../src/json/json-marks.js';
import { levels } from '../../src/query/level-attributes.js';
import { Part10Scanner } from '../../src/scan/part10-scanner.js';
import { type ScannedPart10 } from '../../src/scan/scanned-part10.js';
import { compareJson, inflated } from './compare-json.js';
import { type GoldenMembers } from './compare-members.js';

/** A file of a MANIFEST.json; what is absent or null is not checked. */
export interface ManifestFile {
  readonly path: string;
  readonly sha256: string;
  readonly transfer_syntax?: string | null;
  readonly sop_class?: string | null;
  readonly study_uid?: string | null;
  readonly series_uid?: string | null;
  readonly sop_uid?: string | null;
  readonly rows?: number | null;
  readonly cols?: number | null;
  readonly samples?: number | null;
  readonly bits_allocated?: number | null;
  readonly bits_stored?: number | null;
  readonly frames?: number | null;
  /** Of each frame as stored, fragments joined; one-bit frames moved to byte edges. */
  readonly frame_sha256?: readonly string[];
  readonly encoded_frame0?: { readonly bytes: number; readonly sha256: string };
  readonly encoded_last_frame?: { readonly bytes: number; readonly sha256: string };
  readonly reference?: { readonly lossy?: boolean; readonly dtype?: string; readonly pixels_sha256_of_frame0?: string; readonly pixels_sha256_of_last_frame?: string };
  readonly planar?: number | null;
}

/** Why a file of `invalid/` cannot be stored; undefined when nothing was found wrong with it. */
export async function refusal(bytes: Buffer): Promise<string | undefined> {
  try {
    const file = await scan(bytes);
    const { failures } = describeInstance(file);
    if (failures[0] !== undefined) return failures[0].text;
    // A syntax outside the DICOM arc can be kept, but nothing is known of it.
    return file.transferSyntaxUid.startsWith('1.2.840.10008.1.') ? undefined : `unknown transfer syntax ${file.transferSyntaxUid}`;
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
}

/** What is wrong with our reading of a valid file, a line each. */
export async function checkFile(bytes: Buffer, entry: ManifestFile, golden: GoldenMembers | { error: string }): Promise<string[]> {
  if (sha256(bytes) !== entry.sha256) return ['the file is not the one of the manifest'];
  const file = await scan(bytes);
  const description = describeInstance(file);
  const problems = [...checkFacts(entry, file, description), ...checkViews(description)];
  if ('error' in golden) problems.push(`there is no golden JSON: ${String(golden.error)}`);
  else problems.push(...compareJson(bytes, file, description, golden));
  return [...problems, ...checkFrames(bytes, file, description, entry)];
}

async function scan(bytes: Buffer): Promise<ScannedPart10> {
  const scanner = new Part10Scanner();
  try {
    // Two chunks that meet at an odd place, as on a wire.
    await scanner.push(bytes.subarray(0, 777));
    await scanner.push(bytes.subarray(777));
    return await scanner.end();
  } finally {
    scanner.destroy();
  }
}

function checkFacts(entry: ManifestFile, file: ScannedPart10, description: InstanceDescription): string[] {
  const { image } = description;
  const pairs: readonly (readonly [string, unknown, unknown])[] = [
    ['transfer syntax', file.transferSyntaxUid, entry.transfer_syntax], ['SOP class', description.sopClassUid, entry.sop_class],
    ['study', description.studyInstanceUid, entry.study_uid], ['series', description.seriesInstanceUid, entry.series_uid], ['SOP instance', description.sopInstanceUid, entry.sop_uid],
    ['rows', image.rows, entry.rows], ['columns', image.columns, entry.cols], ['samples', image.samplesPerPixel, entry.samples],
    ['bits allocated', image.bitsAllocated, entry.bits_allocated], ['bits stored', image.bitsStored, entry.bits_stored], ['frames', image.numberOfFrames, entry.frames],
  ];
  return pairs.filter(([, ours, theirs]) => theirs !== null && theirs !== undefined && ours !== theirs).map(([name, ours, theirs]) => `${name}: ${String(ours)} for ${String(theirs)}`);
}

function checkViews(description: InstanceDescription): string[] {
  const { json, marks } = description.metadata;
  const problems: string[] = [];
  const view = Buffer.concat(azureView(json, marks)).toString('utf8');
  const texts: (readonly [string, string])[] = [['/v2 view', view], ...levels.map((level) => [`${level} members`, `{${description[level].members}}`] as const)];
  for (const [name, text] of texts) {
    try {
      JSON.parse(text, (_key, value: unknown) => {
        const vr = value !== null && typeof value === 'object' && 'vr' in value ? value.vr : undefined;
        if (typeof vr === 'string' && ['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'UN'].includes(vr)) problems.push(`${name}: has an element of VR ${vr}`);
        return value;
      });
    } catch (error) {
      problems.push(`${name}: ${String(error)}`);
    }
  }
  return problems;
}

function checkFrames(bytes: Buffer, file: ScannedPart10, description: InstanceDescription, entry: ManifestFile): string[] {
  const wanted = wantedFrames(entry, file);
  if (wanted.length === 0) return [];
  const table = buildFrameTable(file, description.image);
  if (table.kind === 'unknown') return [`frames: ${table.why}`];
  const content = table.inflated ? inflated(bytes, file) : bytes;
  return wanted.filter(([frame, hash]) => sha256(frameOf(content, table, frame)) !== hash).map(([frame]) => `frame ${frame} has other bytes`);
}

/** Frame numbers and hashes; decoded pixels are the stored bytes only where nothing is compressed, packed or swapped. */
function wantedFrames(entry: ManifestFile, file: ScannedPart10): (readonly [number, string])[] {
  const last = entry.frames ?? 1;
  const wanted: [number, string][] = (entry.frame_sha256 ?? []).map((hash, index) => [index + 1, hash]);
  if (entry.encoded_frame0) wanted.push([1, entry.encoded_frame0.sha256]);
  if (entry.encoded_last_frame) wanted.push([last, entry.encoded_last_frame.sha256]);
  const { reference } = entry;
  const raw = file.pixelData?.encapsulated === false && file.littleEndian && reference?.dtype !== undefined && bitsOf(reference.dtype) === entry.bits_allocated
    && entry.bits_stored === entry.bits_allocated && (entry.samples ?? 1) === 1;
  if (raw && reference?.pixels_sha256_of_frame0 !== undefined) wanted.push([1, reference.pixels_sha256_of_frame0]);
  if (raw && reference?.pixels_sha256_of_last_frame !== undefined) wanted.push([last, reference.pixels_sha256_of_last_frame]);
  return wanted;
}

/** 'u2', '<i2': bytes a sample. */
function bitsOf(dtype: string): number {
  return 8 * Number(dtype.replace(/\D/g, ''));
}

function frameOf(content: Buffer, table: KnownFrames, frame: number): Buffer {
  const { offset, length, slices, firstBit, bits } = frameParts(table, frame);
  const range = content.subarray(offset, offset + length);
  const joined = Buffer.concat(slices.map((slice) => range.subarray(slice.offset, slice.offset + slice.length)));
  return table.kind === 'native' ? alignBits(joined, firstBit, bits) : joined;
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
