/** Builds DICOM files byte by byte (PS3.5 §7, PS3.10 §7), right or wrong on purpose, so that a test shows what it is about. */
export const explicitLittleEndian = '1.2.840.10008.1.2.1';
export const implicitLittleEndian = '1.2.840.10008.1.2';

const LONG_VRS = new Set(['OB', 'OW', 'SQ', 'UN', 'UT']);

/** One element in Explicit VR Little Endian, or in Implicit; values of odd length are padded. */
export function dicomElement(tag: number, vr: string, value: string | Buffer, explicit = true): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  const padded = bytes.length % 2 === 0 ? bytes : Buffer.concat([bytes, Buffer.from(vr === 'UI' || vr === 'OB' ? '\0' : ' ')]);
  const head = Buffer.alloc(explicit && LONG_VRS.has(vr) ? 12 : 8);
  head.writeUInt16LE(tag >>> 16, 0);
  head.writeUInt16LE(tag & 0xffff, 2);
  if (explicit) head.write(vr, 4, 'latin1');
  if (explicit && head.length === 8) head.writeUInt16LE(padded.length, 6);
  else head.writeUInt32LE(padded.length, head.length - 4);
  return Buffer.concat([head, padded]);
}

/** Elements of text by tag, such as `{ '00100020': ['LO', 'P1'] }`, ascending. */
export function dicomText(elements: Readonly<Record<string, readonly [vr: string, value: string]>>, explicit = true): Buffer {
  const sorted = Object.entries(elements).sort(([a], [b]) => (a < b ? -1 : 1));
  return Buffer.concat(sorted.map(([tag, [vr, value]]) => dicomElement(parseInt(tag, 16), vr, value, explicit)));
}

export interface FileParts {
  /** 128 bytes; zeros by default. */
  readonly preamble?: Buffer;
  readonly transferSyntax?: string;
  /** (0002,0002); none when undefined. */
  readonly mediaStorageSopClass?: string;
  readonly dataSet: Buffer;
}

export function dicomFile({ preamble = Buffer.alloc(128), transferSyntax = explicitLittleEndian, mediaStorageSopClass, dataSet }: FileParts): Buffer {
  const meta = Buffer.concat([
    dicomElement(0x00020001, 'OB', Buffer.from([0, 1])),
    ...(mediaStorageSopClass === undefined ? [] : [dicomElement(0x00020002, 'UI', mediaStorageSopClass)]),
    dicomElement(0x00020010, 'UI', transferSyntax),
  ]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(meta.length);
  return Buffer.concat([preamble, Buffer.from('DICM'), dicomElement(0x00020000, 'UL', length), meta, dataSet]);
}
