import { jpeg2000Lossless } from './transfer-syntax.js';

/** A media type of compressed frames, with the transfer syntaxes whose frames are of that type. */
export interface FrameMediaType {
  readonly mediaType: string;
  /** Names from earlier editions that clients still send. */
  readonly formerly: readonly string[];
  /** Taken when frames of another kind are asked in this type and no transfer syntax is named. */
  readonly standard: string;
  readonly transferSyntaxes: readonly string[];
}

const jpegFamily = '1.2.840.10008.1.2.4.';

function row(mediaType: string, standard: string, transferSyntaxes: readonly string[], formerly: readonly string[] = []): FrameMediaType {
  return { mediaType, formerly, standard, transferSyntaxes };
}

function family(...numbers: readonly string[]): string[] {
  return numbers.map((number) => jpegFamily + number);
}

/** PS3.18 table 8.7.3-5. Frames of every other syntax are `application/octet-stream`. */
export const frameMediaTypes: readonly FrameMediaType[] = [
  row('image/jpeg', `${jpegFamily}70`, family('50', '51', '57', '70')),
  row('image/dicom-rle', '1.2.840.10008.1.2.5', ['1.2.840.10008.1.2.5'], ['image/x-dicom-rle']),
  row('image/jls', `${jpegFamily}80`, family('80', '81'), ['image/x-jls']),
  row('image/jp2', jpeg2000Lossless, family('90', '91')),
  row('image/jpx', `${jpegFamily}92`, family('92', '93')),
  row('image/jphc', `${jpegFamily}201`, family('201', '202', '203')),
  row('image/jxl', `${jpegFamily}110`, family('110', '111', '112')),
  row('video/mpeg', `${jpegFamily}100`, family('100', '100.1', '101', '101.1'), ['video/mpeg2']),
  row('video/mp4', `${jpegFamily}102`, family('102', '102.1', '103', '103.1', '104', '104.1', '105', '105.1', '106', '106.1', '107', '108')),
];

const byName = new Map(frameMediaTypes.flatMap((type) => [type.mediaType, ...type.formerly].map((name) => [name, type] as const)));
const bySyntax = new Map(frameMediaTypes.flatMap((type) => type.transferSyntaxes.map((uid) => [uid, type.mediaType] as const)));

export const octetStream = 'application/octet-stream';

/** The row that a client means by a media type. */
export function frameMediaTypeNamed(mediaType: string): FrameMediaType | undefined {
  return byName.get(mediaType);
}

/** The media type of the frames of a transfer syntax. */
export function frameMediaTypeOf(transferSyntax: string): string {
  return bySyntax.get(transferSyntax) ?? octetStream;
}
