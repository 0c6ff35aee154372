/** Why a byte stream could not be read as a DICOM file. */
export type DicomParseCode =
  /** Neither a Part 10 file nor a bare data set. */
  | 'not-dicom'
  /** The stream ends inside something that says it goes on. */
  | 'truncated'
  /** The bytes contradict PS3.5. */
  | 'malformed'
  /** Readable perhaps, but above one of `ScanLimits`. */
  | 'limit-exceeded';

/** The one error of the scanner. The text names place and rule, and never a value: values are patient data. */
export class DicomParseError extends Error {
  override readonly name = 'DicomParseError';
  readonly code: DicomParseCode;
  /** Byte of the file (deflated: of the file with its data set inflated) at which the trouble begins. */
  readonly offset: number;
  /** The element concerned, when there is one. */
  readonly tag: number | undefined;

  constructor(code: DicomParseCode, text: string, offset: number, tag?: number) {
    super(`${text} (byte ${offset}${tag === undefined ? '' : `, element ${tagText(tag)}`})`);
    this.code = code;
    this.offset = offset;
    this.tag = tag;
  }
}

/** (gggg,eeee) in upper-case hexadecimal, as PS3.6 prints tags. */
export function tagText(tag: number): string {
  const hex = tag.toString(16).toUpperCase().padStart(8, '0');
  return `(${hex.slice(0, 4)},${hex.slice(4)})`;
}
