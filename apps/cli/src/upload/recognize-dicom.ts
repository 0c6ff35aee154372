/** What `recognizeDicom` wants to see of a file. */
export const HEAD_BYTES = 1024;

export type Recognized = 'instance' | 'directory' | 'other';

const PREAMBLE = 128;
const PREFIX = 'DICM';
const MEDIA_STORAGE_DIRECTORY = '1.2.840.10008.1.3.10';
/** (0002,0002) Media Storage SOP Class UID in Explicit VR Little Endian, as File Meta Information always is (PS3.10 section 7.1). */
const SOP_CLASS_OF_META = Buffer.from([0x02, 0x00, 0x02, 0x00, 0x55, 0x49]);
const VR = /^(?:AE|AS|AT|CS|DA|DS|DT|IS|LO|LT|OB|PN|SH|SQ|ST|TM|UI|UL|UN|US|UT)$/;

/**
 * Whether a file is DICOM, by its first bytes: the prefix of PS3.10, or what some writers leave it out before, File Meta
 * Information or a data set that begins with group 0008. A DICOMDIR is a file of DICOM, but no instance to be stored.
 */
export function recognizeDicom(head: Buffer, size: number): Recognized {
  const hasPreamble = head.toString('latin1', PREAMBLE, PREAMBLE + PREFIX.length) === PREFIX;
  if (!hasPreamble && head.toString('latin1', 0, PREFIX.length) !== PREFIX && !isElement(head, size)) return 'other';
  return isDirectory(head) ? 'directory' : 'instance';
}

/** An element of group 0002 or 0008 at the beginning, with a VR that there is, or with a length that there is room for. */
function isElement(head: Buffer, size: number): boolean {
  if (head.length < 8) return false;
  const group = head.readUInt16LE(0);
  if (group !== 0x0002 && group !== 0x0008) return head.readUInt16BE(0) === 0x0008 && VR.test(head.toString('latin1', 4, 6));
  return VR.test(head.toString('latin1', 4, 6)) || head.readUInt32LE(4) <= Math.min(size - 8, 0xffff);
}

function isDirectory(head: Buffer): boolean {
  const at = head.indexOf(SOP_CLASS_OF_META);
  if (at < 0 || at + 8 > head.length) return false;
  const from = at + 8;
  return head.toString('latin1', from, from + head.readUInt16LE(at + 6)).replace(/[ \0]+$/, '') === MEDIA_STORAGE_DIRECTORY;
}
