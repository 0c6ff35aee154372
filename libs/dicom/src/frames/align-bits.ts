/**
 * Moves a frame that begins inside a byte to the beginning of one (PS3.5 §8.1.1: one-bit samples follow each other lowest bit
 * first, and a frame begins at the bit where the one before ended).
 *
 * @param bytes as read with the range of `frameParts`
 * @param firstBit 0 to 7
 * @param bits of the frame
 * @returns ceil(bits / 8) new bytes, unused high bits of the last one 0; `bytes` itself when nothing has to move
 */
export function alignBits(bytes: Buffer, firstBit: number, bits: number): Buffer {
  const spare = bits % 8;
  if (firstBit === 0 && spare === 0) return bytes;
  const aligned = Buffer.allocUnsafe(Math.ceil(bits / 8));
  for (let i = 0; i < aligned.length; i++) aligned[i] = (bytes[i]! >> firstBit) | ((bytes[i + 1] ?? 0) << (8 - firstBit));
  if (spare !== 0) aligned[aligned.length - 1]! &= (1 << spare) - 1;
  return aligned;
}
