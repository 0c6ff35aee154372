import { vrCode } from '../element-table.js';
import type { DataSetEncoding } from '../scan/data-set-encoding.js';
import { lengthForm, LengthForm } from '../scan/value-representations.js';

/** An element with an even length (PS3.5 §7.1): UIDs and bytes are padded with a null, other text with a space. */
export function writeElement(tag: number, vr: string, value: Buffer, { explicitVr, littleEndian }: DataSetEncoding): Buffer {
  const padding = value.length % 2 === 0 ? '' : vr === 'UI' || vr === 'OB' ? '\0' : ' ';
  const padded = Buffer.concat([value, Buffer.from(padding, 'latin1')]);
  return Buffer.concat([writeHeader(tag, vr, padded.length, { explicitVr, littleEndian }), padded]);
}

/** The header alone (PS3.5 §7.1.2, §7.1.3). */
export function writeHeader(tag: number, vr: string, length: number, { explicitVr, littleEndian }: DataSetEncoding): Buffer {
  const long = explicitVr && lengthForm(vrCode(vr)) !== LengthForm.short;
  const header = Buffer.alloc(long ? 12 : 8);
  const write16 = (number: number, at: number): unknown => (littleEndian ? header.writeUInt16LE(number, at) : header.writeUInt16BE(number, at));
  const write32 = (number: number, at: number): unknown => (littleEndian ? header.writeUInt32LE(number, at) : header.writeUInt32BE(number, at));
  write16(tag >>> 16, 0);
  write16(tag & 0xffff, 2);
  if (explicitVr) header.write(vr, 4, 'latin1');
  if (long) write32(length, 8);
  else if (explicitVr) write16(length, 6);
  else write32(length, 4);
  return header;
}
