import { element, elementHead, encapsulatedStart, itemHead, part10Head, sequenceEnd, transferSyntax, us, type Implementation } from './dicom-writer.js';

export interface Identity {
  readonly studyInstanceUid: string;
  readonly seriesInstanceUid: string;
  readonly sopInstanceUid: string;
  readonly patientId?: string;
  readonly patientName?: string;
  /** YYYYMMDD */
  readonly studyDate?: string;
  readonly accessionNumber?: string;
  readonly instanceNumber?: number;
  /** The writer of these tests unless told. */
  readonly writtenBy?: Implementation;
}

interface Image {
  readonly rows: number;
  readonly columns: number;
  readonly bits: 8 | 16;
  readonly frames?: number;
  readonly sopClassUid: string;
  readonly modality: string;
  readonly transferSyntaxUid?: string;
}

const ctImageStorage = '1.2.840.10008.5.1.4.1.1.2';
const multiframeGrayscaleWordStorage = '1.2.840.10008.5.1.4.1.1.7.3';
const multiframeGrayscaleByteStorage = '1.2.840.10008.5.1.4.1.1.7.2';

/** Everything before the pixel data, the file meta information included. */
const headOf = (of: Identity, image: Image, extra: readonly Buffer[] = []): Buffer => {
  const number = of.instanceNumber ?? 1;
  const date = of.studyDate ?? '20260102';
  return Buffer.concat([
    part10Head(image.sopClassUid, of.sopInstanceUid, image.transferSyntaxUid ?? transferSyntax.explicitLittleEndian, of.writtenBy),
    element(0x00080005, 'CS', 'ISO_IR 192'),
    element(0x00080008, 'CS', 'ORIGINAL\\PRIMARY\\AXIAL'),
    element(0x00080016, 'UI', image.sopClassUid),
    element(0x00080018, 'UI', of.sopInstanceUid),
    element(0x00080020, 'DA', date),
    element(0x00080030, 'TM', '101112'),
    element(0x00080050, 'SH', of.accessionNumber ?? 'A1'),
    element(0x00080060, 'CS', image.modality),
    element(0x00080070, 'LO', 'isocenter'),
    element(0x00080090, 'PN', 'Referring^Rita'),
    element(0x00081030, 'LO', 'Synthetic study'),
    element(0x0008103e, 'LO', 'Synthetic series'),
    element(0x00081090, 'LO', 'Generator'),
    element(0x00100010, 'PN', of.patientName ?? 'Doe^Jane'),
    element(0x00100020, 'LO', of.patientId ?? 'P1'),
    element(0x00100030, 'DA', '19700101'),
    element(0x00100040, 'CS', 'O'),
    element(0x00180050, 'DS', '1.0'),
    element(0x0020000d, 'UI', of.studyInstanceUid),
    element(0x0020000e, 'UI', of.seriesInstanceUid),
    element(0x00200010, 'SH', '1'),
    element(0x00200011, 'IS', '1'),
    element(0x00200013, 'IS', String(number)),
    element(0x00200032, 'DS', `0\\0\\${number}`),
    element(0x00200037, 'DS', '1\\0\\0\\0\\1\\0'),
    element(0x00200052, 'UI', of.studyInstanceUid),
    element(0x00280002, 'US', us(1)),
    element(0x00280004, 'CS', 'MONOCHROME2'),
    ...(image.frames === undefined ? [] : [element(0x00280008, 'IS', String(image.frames))]),
    element(0x00280010, 'US', us(image.rows)),
    element(0x00280011, 'US', us(image.columns)),
    element(0x00280030, 'DS', '0.7\\0.7'),
    element(0x00280100, 'US', us(image.bits)),
    element(0x00280101, 'US', us(image.bits)),
    element(0x00280102, 'US', us(image.bits - 1)),
    element(0x00280103, 'US', us(0)),
    element(0x00281050, 'DS', '1000'),
    element(0x00281051, 'DS', '2000'),
    element(0x00281052, 'DS', '0'),
    element(0x00281053, 'DS', '1'),
    ...extra,
  ]);
};

/** A bright disc on a dark ground with a ramp in it: what is seen can be told from black. 16 bits, 0 to 2000. */
const discOf = (rows: number, columns: number): Buffer => {
  const pixels = Buffer.alloc(rows * columns * 2);
  for (let y = 0; y < rows; y += 1) for (let x = 0; x < columns; x += 1) {
    const inside = Math.hypot(x - columns / 2, y - rows / 2) < columns * 0.4;
    pixels.writeUInt16LE(inside ? 500 + Math.floor((1500 * x) / columns) : (x * 7 + y * 13) % 64, (y * columns + x) * 2);
  }
  return pixels;
};

const discs = new Map<string, Buffer>();
const sharedDisc = (rows: number, columns: number): Buffer => {
  const name = `${rows}x${columns}`;
  const disc = discs.get(name) ?? discOf(rows, columns);
  discs.set(name, disc);
  return disc;
};

/**
 * A CT image of 16 bits, 512 x 512 (0.5 MB) unless said otherwise, as pieces that make the file; the last is the pixels,
 * one buffer for all images of a size.
 */
export const ctInstance = (of: Identity, rows = 512, columns = 512): Buffer[] => {
  const pixels = sharedDisc(rows, columns);
  const image: Image = { rows, columns, bits: 16, sopClassUid: ctImageStorage, modality: 'CT' };
  return [Buffer.concat([headOf(of, image), elementHead(0x7fe00010, 'OW', pixels.length)]), pixels];
};

/** The same image with its one frame as a codestream of another transfer syntax. */
export const encapsulatedCt = (of: Identity, transferSyntaxUid: string, codestream: Buffer, rows = 512, columns = 512): Buffer[] => {
  const image: Image = { rows, columns, bits: 16, sopClassUid: ctImageStorage, modality: 'CT', transferSyntaxUid };
  return [Buffer.concat([headOf(of, image), encapsulatedStart, itemHead(codestream.length)]), codestream, sequenceEnd];
};

/** A CT image whose header has `count` private elements of 64 characters: headers of a megabyte and more. */
export const manyElementInstance = (of: Identity, count: number): Buffer[] => {
  const pixels = sharedDisc(16, 16);
  const blocks: Buffer[] = [];
  for (let group = 0x0029; blocks.length < count; group += 2) {
    blocks.push(element((group << 16) | 0x0010, 'LO', 'ISOCENTER E2E'));
    for (let at = 0; at < 256 && blocks.length < count; at += 1) blocks.push(element((group << 16) | 0x1000 | at, 'LO', String(at).padStart(64, 'x')));
  }
  const image: Image = { rows: 16, columns: 16, bits: 16, sopClassUid: ctImageStorage, modality: 'CT' };
  return [headOf(of, image, blocks), elementHead(0x7fe00010, 'OW', pixels.length), pixels];
};

/** A frame whose first bytes tell its number, counted from 1, so that a wrong one is found out. */
export const numberedFrame = (number: number, size: number): Buffer => {
  const frame = Buffer.alloc(size, number % 251);
  frame.writeUInt32LE(number, 0);
  return frame;
};

/**
 * Frames of 16 bits in native form, made as they are read: constant memory for gigabytes.
 *
 * @param noise stands in each frame behind its number, so that so much of it cannot be compressed
 */
export function* nativeMultiframe(of: Identity, frames: number, rows: number, columns: number, noise: Buffer = Buffer.alloc(0)): Generator<Buffer> {
  const size = rows * columns * 2;
  if (frames * size > 0xfffffffe) throw new RangeError(`${frames} frames of ${size} bytes do not fit the 32-bit length of PixelData.`);
  const image: Image = { rows, columns, bits: 16, frames, sopClassUid: multiframeGrayscaleWordStorage, modality: 'OT' };
  yield Buffer.concat([headOf(of, image), elementHead(0x7fe00010, 'OW', frames * size)]);
  for (let number = 1; number <= frames; number += 1) {
    const frame = numberedFrame(number, size);
    noise.copy(frame, 4);
    yield frame;
  }
}

/**
 * Frames in one fragment each behind an empty offset table. They are called JPEG and are not: only for what hands frames
 * out as they are stored.
 */
export function* encapsulatedMultiframe(of: Identity, frames: number, size: number): Generator<Buffer> {
  const image: Image = { rows: 256, columns: 256, bits: 8, frames, sopClassUid: multiframeGrayscaleByteStorage, modality: 'OT', transferSyntaxUid: transferSyntax.jpegBaseline };
  yield Buffer.concat([headOf(of, image), encapsulatedStart]);
  for (let number = 1; number <= frames; number += 1) yield Buffer.concat([itemHead(size), jpegLike(number, size)]);
  yield sequenceEnd;
}

export const jpegLike = (number: number, size: number): Buffer => {
  const frame = Buffer.alloc(size, number % 200);
  frame.set([0xff, 0xd8, 0xff, 0xe0], 0);
  frame.writeUInt32LE(number, 6);
  frame.set([0xff, 0xd9], size - 2);
  return frame;
};
