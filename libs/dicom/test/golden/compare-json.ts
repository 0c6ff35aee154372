import { createHash } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';

import { type ScannedFile } from '../../src/element-table.js';
import { type InstanceDescription } from '../../src/describe-instance.js';
import { webView } from '../../src/json/json-marks.js';

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Members = Record<string, { vr: string; Value?: Json[]; InlineBinary?: string; BulkDataURI?: string }>;
type GoldenElement = { vr: string; Value?: Json[]; length?: number; sha256?: string };
export type GoldenMembers = { [key: string]: GoldenElement };

const WIDTHS: Readonly<Record<string, number>> = { OW: 2, OF: 4, OL: 4, OD: 8, OV: 8, US: 2, SS: 2, UL: 4, SL: 4, FL: 4, FD: 8, SV: 8, UV: 8 };
const BASE = 'http://host/base';

/** What differs between our full JSON and the golden one (tools/fixtures/golden_json.py), a line each. */
export function compareJson(bytes: Buffer, file: ScannedFile, description: InstanceDescription, golden: GoldenMembers): string[] {
  const { json, marks } = description.metadata;
  const members = JSON.parse(Buffer.concat(webView(json, marks, BASE)).toString('utf8')) as Members;
  const image = file.deflated ? inflated(bytes, file) : bytes;
  const bulk = new Map(description.bulk.map((value) => [value.path, value]));
  const differences: string[] = [];

  const binary = (path: string, member: Members[string]): Buffer => {
    if (member.InlineBinary !== undefined) return Buffer.from(member.InlineBinary, 'base64');
    const value = bulk.get(path);
    if (value === undefined || member.BulkDataURI !== `${BASE}/bulkdata/${path}`) throw new Error(`${path}: no bulk value for ${member.BulkDataURI}`);
    const raw = Buffer.from(image.subarray(value.offset, value.offset + value.length));
    const width = file.littleEndian ? 1 : (WIDTHS[value.vr] ?? 1);
    return width === 2 ? raw.swap16() : width === 4 ? raw.swap32() : width === 8 ? raw.swap64() : raw;
  };

  const compareDataSet = (prefix: string, ours: Members, theirs: GoldenMembers): void => {
    for (const key of new Set([...Object.keys(ours), ...Object.keys(theirs)])) {
      const path = prefix + key;
      const mine = ours[key];
      const other = theirs[key];
      if (mine === undefined || other === undefined) differences.push(`${path}: ${mine === undefined ? `missing, ${JSON.stringify(other).slice(0, 100)}` : `unexpected ${JSON.stringify(mine).slice(0, 100)}`}`);
      else compareElement(path, mine, other);
    }
  };

  const compareElement = (path: string, mine: Members[string], other: GoldenElement): void => {
    if (mine.vr !== other.vr) {
      differences.push(`${path}: VR ${mine.vr} for ${other.vr}`);
    } else if (other.sha256 !== undefined) {
      const value = binary(path, mine);
      const sha256 = createHash('sha256').update(value).digest('hex');
      if (value.length !== other.length || sha256 !== other.sha256) differences.push(`${path}: ${value.length} bytes ${sha256.slice(0, 8)} for ${other.length} bytes ${other.sha256.slice(0, 8)}`);
    } else if (mine.vr === 'SQ') {
      const items = (mine.Value ?? []) as Members[];
      const theirs = (other.Value ?? []) as GoldenMembers[];
      if (items.length !== theirs.length) differences.push(`${path}: ${items.length} items for ${theirs.length}`);
      items.forEach((item, index) => compareDataSet(`${path}/${index + 1}/`, item, theirs[index] ?? {}));
    } else if (mine.BulkDataURI !== undefined) {
      binary(path, mine);
    } else if (!sameValues(mine.Value, other.Value)) {
      differences.push(`${path}: ${mine.vr} ${JSON.stringify(mine.Value)?.slice(0, 200)} for ${JSON.stringify(other.Value)?.slice(0, 200)}`);
    }
  };

  compareDataSet('', members, golden);
  return differences;
}

/** A number string of the golden may be a number or, where a double cannot hold it, a string here. */
function sameValues(ours: Json[] | undefined, theirs: Json[] | undefined): boolean {
  if (ours === undefined || theirs === undefined) return ours === theirs;
  return ours.length === theirs.length && ours.every((value, index) => sameValue(value, theirs[index] ?? null));
}

function sameValue(ours: Json, theirs: Json): boolean {
  if (theirs !== null && typeof theirs === 'object' && 'number' in theirs) {
    const shown = theirs.number as string;
    return typeof ours === 'number' ? ours === Number(shown) : ours === shown && String(Number(shown)) !== shown;
  }
  // Null padding stays in our JSON; pydicom drops it.
  return JSON.stringify(ours)?.replace(/(\\u0000)+"/g, '"') === JSON.stringify(theirs);
}

/** The file with its data set inflated: what offsets count in. */
export function inflated(bytes: Buffer, file: ScannedFile): Buffer {
  const { count, valueOffsets, lengths, tags } = file.elements;
  let end = 0;
  for (let row = 0; row < count && (tags[row] ?? 0) >>> 16 === 2; row++) end = (valueOffsets[row] ?? 0) + (lengths[row] ?? 0);
  return Buffer.concat([bytes.subarray(0, end), inflateRawSync(bytes.subarray(end))]);
}
