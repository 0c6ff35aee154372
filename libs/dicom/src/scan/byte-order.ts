/** A tag as (group << 16 | element) >>> 0: two 16-bit numbers, in either byte order (PS3.5 §7.3). */
export function tagAt(b: Buffer, at: number, littleEndian: boolean): number {
  return littleEndian
    ? ((b[at + 1]! << 24) | (b[at]! << 16) | (b[at + 3]! << 8) | b[at + 2]!) >>> 0
    : ((b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!) >>> 0;
}

export function uint32At(b: Buffer, at: number, littleEndian: boolean): number {
  return littleEndian
    ? ((b[at + 3]! << 24) | (b[at + 2]! << 16) | (b[at + 1]! << 8) | b[at]!) >>> 0
    : ((b[at]! << 24) | (b[at + 1]! << 16) | (b[at + 2]! << 8) | b[at + 3]!) >>> 0;
}

export function uint16At(b: Buffer, at: number, littleEndian: boolean): number {
  return littleEndian ? b[at]! | (b[at + 1]! << 8) : (b[at]! << 8) | b[at + 1]!;
}

/** Turns numbers of `width` bytes around, in place; a rest shorter than one stays. */
export function swapBytes(value: Buffer, width: 1 | 2 | 4 | 8): void {
  const whole = value.subarray(0, value.length - (value.length % width));
  if (width === 2) whole.swap16();
  else if (width === 4) whole.swap32();
  else if (width === 8) whole.swap64();
}
