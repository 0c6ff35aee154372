import { type Decoder, type Encoder } from './codecs/codec.js';

/** A transfer syntax whose frames are decoded, and perhaps encoded. Codecs are loaded when first asked for: in workers. */
export interface TransferSyntax {
  readonly uid: string;
  /** As PS3.6 table A-1 has it, without the parts that say how it is used. */
  readonly name: string;
  /** Frames are fragments (PS3.5 §A.4). */
  readonly encapsulated: boolean;
  readonly decoder: () => Promise<Decoder>;
  /** Frames have lost something for certain; other syntaxes may. */
  readonly lossy?: boolean;
  readonly encoder?: () => Promise<Encoder>;
  /** What its encoder takes, see `checkEncodable`; absent: everything. */
  readonly encodes?: Encodes;
}

export interface Encodes {
  /** Bits Allocated of grey samples and palette indices. */
  readonly bits: readonly number[];
  /** Bits Allocated of colours. */
  readonly bitsOfColours: readonly number[];
  /** Rows and columns at least. */
  readonly leastSide?: number;
  /** Encoding loses something. */
  readonly lossy?: boolean;
}

const decodeLittleEndian = async (): Promise<Decoder> => (await import('./codecs/uncompressed.js')).decodeLittleEndian;
const encodeLittleEndian = async (): Promise<Encoder> => (await import('./codecs/uncompressed.js')).encodeLittleEndian;
const decodeJpeg = async (): Promise<Decoder> => (await import('./codecs/jpeg.js')).decodeJpeg;
const decodeJpegLs = async (): Promise<Decoder> => (await import('./codecs/jpeg-ls.js')).decodeJpegLs;
const decodeJpeg2000 = async (): Promise<Decoder> => (await import('./codecs/jpeg2000.js')).decodeJpeg2000;
const decodeHtj2k = async (): Promise<Decoder> => (await import('./codecs/htj2k.js')).decodeHtj2k;

const ROOT = '1.2.840.10008.1.2';

/** All that is decoded and encoded. */
export const transferSyntaxes: readonly TransferSyntax[] = [
  { uid: ROOT, name: 'Implicit VR Little Endian', encapsulated: false, decoder: decodeLittleEndian, encoder: encodeLittleEndian },
  { uid: `${ROOT}.1`, name: 'Explicit VR Little Endian', encapsulated: false, decoder: decodeLittleEndian, encoder: encodeLittleEndian },
  { uid: `${ROOT}.1.99`, name: 'Deflated Explicit VR Little Endian', encapsulated: false, decoder: decodeLittleEndian },
  { uid: `${ROOT}.2`, name: 'Explicit VR Big Endian', encapsulated: false, decoder: async () => (await import('./codecs/uncompressed.js')).decodeBigEndian },
  { uid: `${ROOT}.4.50`, name: 'JPEG Baseline', encapsulated: true, lossy: true, decoder: decodeJpeg, encoder: async () => (await import('./codecs/jpeg.js')).encodeJpegBaseline, encodes: { bits: [8], bitsOfColours: [8], lossy: true } },
  { uid: `${ROOT}.4.51`, name: 'JPEG Extended', encapsulated: true, lossy: true, decoder: decodeJpeg },
  { uid: `${ROOT}.4.57`, name: 'JPEG Lossless, Non-Hierarchical', encapsulated: true, decoder: decodeJpeg },
  { uid: `${ROOT}.4.70`, name: 'JPEG Lossless, Non-Hierarchical, First-Order Prediction', encapsulated: true, decoder: decodeJpeg, encoder: async () => (await import('./codecs/jpeg.js')).encodeJpegLossless, encodes: { bits: [8, 16], bitsOfColours: [8, 16] } },
  { uid: `${ROOT}.4.80`, name: 'JPEG-LS Lossless', encapsulated: true, decoder: decodeJpegLs, encoder: async () => (await import('./codecs/jpeg-ls.js')).encodeJpegLs, encodes: { bits: [8, 16], bitsOfColours: [8, 16] } },
  { uid: `${ROOT}.4.81`, name: 'JPEG-LS Lossy (Near-Lossless)', encapsulated: true, decoder: decodeJpegLs },
  { uid: `${ROOT}.4.90`, name: 'JPEG 2000 (Lossless Only)', encapsulated: true, decoder: decodeJpeg2000, encoder: async () => (await import('./codecs/jpeg2000.js')).encodeJpeg2000, encodes: { bits: [8, 16], bitsOfColours: [8], leastSide: 2 } },
  { uid: `${ROOT}.4.91`, name: 'JPEG 2000', encapsulated: true, decoder: decodeJpeg2000 },
  { uid: `${ROOT}.4.201`, name: 'High-Throughput JPEG 2000 (Lossless Only)', encapsulated: true, decoder: decodeHtj2k, encoder: async () => (await import('./codecs/htj2k.js')).encodeHtj2k, encodes: { bits: [8, 16], bitsOfColours: [8] } },
  { uid: `${ROOT}.4.202`, name: 'High-Throughput JPEG 2000 with RPCL Options (Lossless Only)', encapsulated: true, decoder: decodeHtj2k },
  { uid: `${ROOT}.4.203`, name: 'High-Throughput JPEG 2000', encapsulated: true, decoder: decodeHtj2k },
  { uid: `${ROOT}.5`, name: 'RLE Lossless', encapsulated: true, decoder: async () => (await import('./codecs/rle.js')).decodeRle, encoder: async () => (await import('./codecs/rle.js')).encodeRle, encodes: { bits: [8, 16, 32, 64], bitsOfColours: [8, 16, 32] } },
];

const byUid = new Map(transferSyntaxes.map((syntax) => [syntax.uid, syntax]));

/** Whether frames of one syntax are decoded, and encoded in the other. Whether a frame is of a kind that the other holds, its encoder says. */
export function canTranscode(stored: string, wanted: string): boolean {
  return byUid.has(stored) && byUid.get(wanted)?.encoder !== undefined;
}

/** @returns undefined for a syntax whose frames are not decoded here */
export function transferSyntaxOf(uid: string): TransferSyntax | undefined {
  return byUid.get(uid);
}
