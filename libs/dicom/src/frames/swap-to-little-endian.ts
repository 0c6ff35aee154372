/**
 * Turns a frame of Explicit VR Big Endian (PS3.5 §A.3) into little endian, in place.
 *
 * @param frame whole samples
 * @param vr of Pixel Data: in OW words are swapped even where samples are bytes or bits, in OB nothing is (PS3.5 §7.3)
 * @throws RangeError when the frame does not consist of whole words
 */
export function swapToLittleEndian(frame: Buffer, bitsAllocated: number, vr: string = bitsAllocated <= 8 ? 'OB' : 'OW'): Buffer {
  const width = bitsAllocated > 8 ? bitsAllocated : vr === 'OW' ? 16 : 8;
  if (width === 8) return frame;
  if (frame.length % (width / 8) !== 0) throw new RangeError(`A frame of ${frame.length} bytes is no whole number of ${width}-bit words.`);
  if (width === 16) return frame.swap16();
  if (width === 32) return frame.swap32();
  if (width === 64) return frame.swap64();
  throw new RangeError(`Samples of ${bitsAllocated} bits have no byte order.`);
}
