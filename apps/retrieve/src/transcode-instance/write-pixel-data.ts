import { itemHeader, writeHeader } from '@isocenter/dicom';
import { NotAcceptable } from '@isocenter/http';
import type { EncodedFrame } from '@isocenter/imaging';

const PIXEL_DATA = 0x7fe00010;
const FLOATS: Readonly<Record<string, number>> = { OF: 0x7fe00008, OD: 0x7fe00009 };
const ITEM = 0xfffee000;
const SEQUENCE_DELIMITER = 0xfffee0dd;
const UNDEFINED = 0xffffffff;

/** What comes next is not of the same image as what came first: the answer, which has begun, is cut. */
class FrameDiffersError extends Error {
  override readonly name = 'FrameDiffersError';
}

/** Pixel Data of fragments, one a frame, behind an empty offset table, since lengths are known only when frames are made (PS3.5 §A.4). */
export async function* writeFragments(first: EncodedFrame, others: AsyncGenerator<EncodedFrame, void, void>): AsyncGenerator<Buffer, void, void> {
  yield Buffer.concat([writeHeader(PIXEL_DATA, 'OB', UNDEFINED, { explicitVr: true, littleEndian: true }), itemHeader(ITEM, 0), itemHeader(ITEM, first.bytes.length)]);
  yield first.bytes;
  for await (const frame of others) {
    requireSameImage(first, frame);
    yield itemHeader(ITEM, frame.bytes.length);
    yield frame.bytes;
  }
  yield itemHeader(SEQUENCE_DELIMITER, 0);
}

/** Native Pixel Data: frames side by side, padded to an even length (PS3.5 §8.1.1). Throws NotAcceptable when their length cannot be told. */
export function writeNativeFrames(first: EncodedFrame, others: AsyncGenerator<EncodedFrame, void, void>, frames: number, explicitVr: boolean): AsyncGenerator<Buffer, void, void> {
  const { bytes, image: { bitsAllocated, pixelDataVr = '' } } = first;
  const length = frames * bytes.length;
  const padded = length + (length % 2);
  requireNativeLength(padded);
  const vr = FLOATS[pixelDataVr] !== undefined ? pixelDataVr : bitsAllocated > 8 ? 'OW' : 'OB';
  return nativeFrames(writeHeader(FLOATS[vr] ?? PIXEL_DATA, explicitVr ? vr : 'OW', padded, { explicitVr, littleEndian: true }), first, others, padded - length);
}

/** Native Pixel Data have their length in 32 bits. Throws NotAcceptable. */
export function requireNativeLength(bytes: number): void {
  if (bytes >= UNDEFINED) throw new NotAcceptable(`The instance would have ${bytes} bytes of pixel data, more than this transfer syntax can tell of; ask with transfer-syntax=*.`);
}

async function* nativeFrames(header: Buffer, first: EncodedFrame, others: AsyncGenerator<EncodedFrame, void, void>, padding: number): AsyncGenerator<Buffer, void, void> {
  yield header;
  yield first.bytes;
  for await (const frame of others) {
    requireSameImage(first, frame);
    if (frame.bytes.length !== first.bytes.length) throw new FrameDiffersError(`A frame has ${frame.bytes.length} bytes, the first one ${first.bytes.length}.`);
    yield frame.bytes;
  }
  if (padding > 0) yield Buffer.alloc(padding);
}

function requireSameImage(first: EncodedFrame, { image }: EncodedFrame): void {
  const { bitsStored, photometricInterpretation } = first.image;
  if (image.bitsStored !== bitsStored || image.photometricInterpretation !== photometricInterpretation) throw new FrameDiffersError('A frame has other bits or colours than the first one.');
}
