import { inflateRawSync } from 'node:zlib';

import { type ScannedFile } from '../../src/element-table.js';
import { type InstanceDescription } from '../../src/describe-instance.js';
import { webView } from '../../src/json/json-marks.js';
import { type BytesOf, compareMembers, type GoldenMembers, type Members } from './compare-members.js';

const WIDTHS: Readonly<Record<string, number>> = { OW: 2, OF: 4, OL: 4, OD: 8, OV: 8, US: 2, SS: 2, UL: 4, SL: 4, FL: 4, FD: 8, SV: 8, UV: 8 };
const BASE = 'http://host/base';

/** What differs between our full JSON and the golden one (tools/fixtures/golden_json.py), a line each. */
export function compareJson(bytes: Buffer, file: ScannedFile, description: InstanceDescription, golden: GoldenMembers): string[] {
  const { json, marks } = description.metadata;
  const members = JSON.parse(Buffer.concat(webView(json, marks, BASE)).toString('utf8')) as Members;
  const image = file.deflated ? inflated(bytes, file) : bytes;
  const bulk = new Map(description.bulk.map((value) => [value.path, value]));

  const bytesOf: BytesOf = (path, member) => {
    if (member.InlineBinary !== undefined) return Buffer.from(member.InlineBinary, 'base64');
    const value = bulk.get(path);
    if (value === undefined || member.BulkDataURI !== `${BASE}/bulkdata/${path}`) throw new Error(`${path}: no bulk value for ${member.BulkDataURI}`);
    const raw = Buffer.from(image.subarray(value.offset, value.offset + value.length));
    const width = file.littleEndian ? 1 : (WIDTHS[value.vr] ?? 1);
    return width === 2 ? raw.swap16() : width === 4 ? raw.swap32() : width === 8 ? raw.swap64() : raw;
  };

  return compareMembers(members, golden, bytesOf);
}

/** The file with its data set inflated: what offsets count in. */
export function inflated(bytes: Buffer, file: ScannedFile): Buffer {
  const { count, valueOffsets, lengths, tags } = file.elements;
  let end = 0;
  for (let row = 0; row < count && (tags[row] ?? 0) >>> 16 === 2; row++) end = (valueOffsets[row] ?? 0) + (lengths[row] ?? 0);
  return Buffer.concat([bytes.subarray(0, end), inflateRawSync(bytes.subarray(end))]);
}
