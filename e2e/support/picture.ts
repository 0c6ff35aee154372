import { inflateSync } from 'node:zlib';

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** 1 of grey, 3 of colours. */
  readonly channels: number;
}

const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** One row, its filter before it (PNG section 9), into `pixels` from `to`. */
const undoFilter = (row: Buffer, pixels: Buffer, to: number, channels: number, stride: number): void => {
  for (let at = 0; at < stride; at++) {
    const left = at < channels ? 0 : pixels[to + at - channels]!;
    const above = to === 0 ? 0 : pixels[to + at - stride]!;
    const corner = at < channels || to === 0 ? 0 : pixels[to + at - stride - channels]!;
    const predicted = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][row[0]!];
    if (predicted === undefined) throw new Error(`A row of this PNG has the filter ${row[0]}.`);
    pixels[to + at] = row[at + 1]! + predicted;
  }
};

const paeth = (left: number, above: number, corner: number): number => {
  const [toLeft, toAbove, toCorner] = [Math.abs(above - corner), Math.abs(left - corner), Math.abs(left + above - 2 * corner)];
  return toLeft <= toAbove && toLeft <= toCorner ? left : toAbove <= toCorner ? above : corner;
};

/** A PNG of 8 bits, grey or RGB, as it is read here on purpose without the archive's own code. */
export const readPng = (bytes: Buffer): Picture & { readonly pixels: Buffer } => {
  if (!bytes.subarray(0, 8).equals(SIGNATURE)) throw new Error('This is no PNG.');
  const data: Buffer[] = [];
  for (let at = 8; at < bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    if (bytes.toString('latin1', at + 4, at + 8) === 'IDAT') data.push(bytes.subarray(at + 8, at + 8 + bytes.readUInt32BE(at)));
  }
  const [width, height, bits, type] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20), bytes[24], bytes[25]];
  const channels = type === 0 ? 1 : 3;
  if (bits !== 8 || (type !== 0 && type !== 2)) throw new Error(`This PNG has ${bits} bits and colour type ${type}.`);
  const rows = inflateSync(Buffer.concat(data));
  const stride = width * channels;
  const pixels = Buffer.alloc(height * stride);
  for (let row = 0; row < height; row++) undoFilter(rows.subarray(row * (stride + 1), (row + 1) * (stride + 1)), pixels, row * stride, channels, stride);
  return { width, height, channels, pixels };
};

/** What the frame header of a JPEG says (ITU-T T.81 section B.2.2). */
export const readJpeg = (bytes: Buffer): Picture => {
  if (bytes.readUInt16BE(0) !== 0xffd8) throw new Error('This is no JPEG.');
  for (let at = 2; at < bytes.length; at += 2 + bytes.readUInt16BE(at + 2)) {
    const marker = bytes[at + 1]!;
    if (marker >= 0xc0 && marker <= 0xc2) return { height: bytes.readUInt16BE(at + 5), width: bytes.readUInt16BE(at + 7), channels: bytes[at + 9]! };
  }
  throw new Error('This JPEG has no frame header.');
};
