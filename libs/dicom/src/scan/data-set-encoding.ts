import { vrOfTag } from '../dictionary/vr-of-tag.js';
import { isKnownVr, lengthForm, LengthForm, UN } from './value-representations.js';

/** How the elements of a data set are written (PS3.5 §7.1, §7.3). Implicit VR exists in little endian only. */
export interface DataSetEncoding {
  readonly explicitVr: boolean;
  readonly littleEndian: boolean;
}

export const implicitLittle: DataSetEncoding = { explicitVr: false, littleEndian: true };
export const explicitLittle: DataSetEncoding = { explicitVr: true, littleEndian: true };
export const explicitBig: DataSetEncoding = { explicitVr: true, littleEndian: false };

/** PS3.5 annex A.5 and the two JPIP syntaxes that deflate. 1.2.840.10008.1.2.8.1 deflates frames, not the data set. */
const deflatedSyntaxes = new Set(['1.2.840.10008.1.2.1.99', '1.2.840.10008.1.2.4.95', '1.2.840.10008.1.2.4.205']);
/** PS3.5 annex A.1; Papyrus 3 and a GE private syntax write the same way. */
const implicitSyntaxes = new Set(['1.2.840.10008.1.2', '1.2.840.10008.1.20', '1.2.840.113619.5.2']);

export function deflatesDataSet(transferSyntaxUid: string): boolean {
  return deflatedSyntaxes.has(transferSyntaxUid);
}

/** The encoding that a transfer syntax prescribes; undefined for ''. Unknown ones are explicit little endian, as all of PS3.5 annex A.4 on. */
export function declaredEncoding(transferSyntaxUid: string): DataSetEncoding | undefined {
  if (transferSyntaxUid === '') return undefined;
  if (implicitSyntaxes.has(transferSyntaxUid)) return implicitLittle;
  return transferSyntaxUid === '1.2.840.10008.1.2.2' ? explicitBig : explicitLittle;
}

/**
 * The encoding that the first eight bytes of a data set show. It wins over the declared one, since files exist that declare
 * the wrong one; where the bytes leave a choice, the declared one wins.
 *
 * @param declared undefined when no Transfer Syntax UID is there to declare it
 * @param hasFileMeta whether it is certain that this is DICOM; if not, an implicit VR element must be one that PS3.6 knows
 * @returns undefined when the bytes are no element header in any encoding
 */
export function visibleEncoding(bytes: Buffer, at: number, declared: DataSetEncoding | undefined, hasFileMeta: boolean): DataSetEncoding | undefined {
  const vr = (bytes[at + 4]! << 8) | bytes[at + 5]!;
  if (isKnownVr(vr)) return showsBigEndian(bytes, at, vr, declared) ? explicitBig : explicitLittle;
  if (declared && !declared.explicitVr) return implicitLittle;
  if (looksImplicit(bytes, at, hasFileMeta && !declared)) return implicitLittle;
  return declared && lengthForm(vr) !== LengthForm.none ? declared : undefined;
}

/** Groups of first elements are small (0008), and so are lengths: the byte order that makes them small is the right one. */
function showsBigEndian(bytes: Buffer, at: number, vr: number, declared: DataSetEncoding | undefined): boolean {
  const group = compare16(bytes, at);
  const length = lengthForm(vr) === LengthForm.short ? compare16(bytes, at + 6) : 0;
  if (!declared?.explicitVr) return group !== 0 ? group > 0 : length > 0;
  if (declared.littleEndian) return group > 0 && (length > 0 || (length === 0 && bytes[at] === 0 && bytes[at + 1] === 8));
  return !(group < 0 && (length < 0 || (length === 0 && bytes[at] === 8 && bytes[at + 1] === 0)));
}

/** Positive when two bytes are the smaller number in big endian, negative in little endian. */
function compare16(bytes: Buffer, at: number): number {
  return bytes[at + 1]! - bytes[at]!;
}

function looksImplicit(bytes: Buffer, at: number, anyTag: boolean): boolean {
  const group = bytes.readUInt16LE(at);
  const element = bytes.readUInt16LE(at + 2);
  const length = bytes.readUInt32LE(at + 4);
  if (group === 0 || group > 0x7fe0 || (length > 0x10000 && length !== 0xffffffff)) return false;
  return anyTag || (element === 0 ? group <= 0x28 && length === 4 : vrOfTag(((group << 16) | element) >>> 0) !== UN);
}
