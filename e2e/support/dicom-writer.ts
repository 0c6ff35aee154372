/**
 * Explicit VR Little Endian as PS3.5 section 7.1 has it, on purpose without the archive's own code: a mistake there must
 * not be made twice.
 */
export type Value = string | Buffer | readonly (readonly Buffer[])[];

const longForm = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
const undefinedLength = 0xffffffff;

export const elementHead = (tag: number, vr: string, length: number): Buffer => {
  const head = Buffer.alloc(longForm.has(vr) ? 12 : 8);
  head.writeUInt16LE(tag >>> 16, 0);
  head.writeUInt16LE(tag & 0xffff, 2);
  head.write(vr, 4, 'latin1');
  if (longForm.has(vr)) head.writeUInt32LE(length, 8);
  else head.writeUInt16LE(length, 6);
  return head;
};

/** The same element with implicit VR (PS3.5 section 7.1.3); not of a sequence, whose items would stay explicit. */
export const implicitElement = (explicit: Buffer): Buffer => {
  const value = explicit.subarray(longForm.has(explicit.toString('latin1', 4, 6)) ? 12 : 8);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(value.length);
  return Buffer.concat([explicit.subarray(0, 4), length, value]);
};

/** The same element in Explicit VR Big Endian (section 7.3), of text, US, OB and OW. */
export const bigEndianElement = (explicit: Buffer): Buffer => {
  const vr = explicit.toString('latin1', 4, 6);
  const bytes = Buffer.from(explicit);
  bytes.subarray(0, 4).swap16();
  if (longForm.has(vr)) bytes.subarray(8, 12).swap32();
  else bytes.subarray(6, 8).swap16();
  if (vr === 'US' || vr === 'OW') bytes.subarray(longForm.has(vr) ? 12 : 8).swap16();
  return bytes;
};

/** One element. Text is UTF-8, padded to an even length; a list is the items of a sequence, each a list of elements. */
export const element = (tag: number, vr: string, value: Value): Buffer => {
  const bytes = typeof value === 'string' ? text(vr, value) : Buffer.isBuffer(value) ? value : Buffer.concat(value.map(item));
  return Buffer.concat([elementHead(tag, vr, bytes.length), bytes]);
};

const text = (vr: string, value: string): Buffer => {
  const bytes = Buffer.from(value, 'utf8');
  return bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from(vr === 'UI' ? '\0' : ' ')]);
};

const item = (elements: readonly Buffer[]): Buffer => {
  const content = Buffer.concat(elements);
  return Buffer.concat([itemHead(content.length), content]);
};

export const itemHead = (length: number): Buffer => {
  const head = Buffer.alloc(8);
  head.writeUInt32LE(0xe000fffe, 0);
  head.writeUInt32LE(length, 4);
  return head;
};

export const us = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, at) => bytes.writeUInt16LE(value, at * 2));
  return bytes;
};

/** Opens encapsulated pixel data (PS3.5 annex A.4) with an empty basic offset table; items and `sequenceEnd` follow. */
export const encapsulatedStart = Buffer.concat([elementHead(0x7fe00010, 'OB', undefinedLength), itemHead(0)]);
export const sequenceEnd = Buffer.from('feffdde000000000', 'hex');

/** Who wrote a file, (0002,0012) and (0002,0013). */
export interface Implementation {
  readonly classUid: string;
  readonly versionName: string;
}

const thisWriter: Implementation = { classUid: '2.25.338023114112', versionName: 'ISOCENTER-E2E' };

/** Preamble, prefix and file meta information (PS3.10 section 7.1). */
export const part10Head = (sopClassUid: string, sopInstanceUid: string, transferSyntaxUid: string, { classUid, versionName } = thisWriter): Buffer => {
  const meta = Buffer.concat([
    element(0x00020001, 'OB', Buffer.from([0, 1])),
    element(0x00020002, 'UI', sopClassUid),
    element(0x00020003, 'UI', sopInstanceUid),
    element(0x00020010, 'UI', transferSyntaxUid),
    element(0x00020012, 'UI', classUid),
    element(0x00020013, 'SH', versionName),
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(meta.length);
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), element(0x00020000, 'UL', length), meta]);
};

export const transferSyntax = {
  implicitLittleEndian: '1.2.840.10008.1.2',
  explicitLittleEndian: '1.2.840.10008.1.2.1',
  explicitBigEndian: '1.2.840.10008.1.2.2',
  jpegBaseline: '1.2.840.10008.1.2.4.50',
} as const;
