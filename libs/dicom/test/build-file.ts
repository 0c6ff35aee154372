import { deflateRawSync } from 'node:zlib';

/** Builds DICOM byte by byte, right or wrong on purpose, so that a test shows what it is about. */
export type Value = string | Buffer | number[];
export type LengthKind = 'defined' | 'undefined';

const longVrs = new Set(['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'SQ', 'SV', 'UC', 'UN', 'UR', 'UT', 'UV']);
const UNDEFINED = 0xffffffff;

export const EXPLICIT_LE = '1.2.840.10008.1.2.1';
export const IMPLICIT_LE = '1.2.840.10008.1.2';
export const EXPLICIT_BE = '1.2.840.10008.1.2.2';
export const DEFLATED = '1.2.840.10008.1.2.1.99';
export const JPEG = '1.2.840.10008.1.2.4.50';
export const J2K = '1.2.840.10008.1.2.4.90';

export class Writer {
  readonly explicit: boolean;
  readonly little: boolean;

  constructor(explicit: boolean, little: boolean) {
    this.explicit = explicit;
    this.little = little;
  }

  /** Numbers are written as 16 bits; text is padded to even length, buffers are not. */
  element(tag: number, vr: string, value: Value = '', length?: number): Buffer {
    const bytes = this.valueBytes(vr, value);
    return Buffer.concat([this.header(tag, vr, length ?? bytes.length), bytes]);
  }

  sequence(tag: number, items: Buffer[], length: LengthKind = 'defined', vr = 'SQ'): Buffer {
    const content = Buffer.concat(items);
    if (length === 'defined') return Buffer.concat([this.header(tag, vr, content.length), content]);
    return Buffer.concat([this.header(tag, vr, UNDEFINED), content, this.sequenceDelimiter()]);
  }

  item(content: Buffer, length: LengthKind = 'defined'): Buffer {
    if (length === 'defined') return Buffer.concat([this.bare(0xfffee000, content.length), content]);
    return Buffer.concat([this.bare(0xfffee000, UNDEFINED), content, this.bare(0xfffee00d, 0)]);
  }

  sequenceDelimiter(): Buffer {
    return this.bare(0xfffee0dd, 0);
  }

  /** Encapsulated Pixel Data; `bot` are the entries of the Basic Offset Table. */
  encapsulated(fragments: Buffer[], bot: number[] = [], tag = 0x7fe00010, vr = 'OB'): Buffer {
    const table = Buffer.alloc(4 * bot.length);
    bot.forEach((offset, index) => table.writeUInt32LE(offset, 4 * index));
    return Buffer.concat([this.header(tag, vr, UNDEFINED), this.item(table), ...fragments.map((fragment) => this.item(fragment)), this.sequenceDelimiter()]);
  }

  header(tag: number, vr: string, length: number): Buffer {
    if (!this.explicit) return this.bare(tag, length);
    const bytes = Buffer.alloc(longVrs.has(vr) ? 12 : 8);
    this.writeTag(bytes, tag);
    bytes.write(vr, 4, 'latin1');
    if (bytes.length === 12) this.write32(bytes, length, 8);
    else this.write16(bytes, length, 6);
    return bytes;
  }

  bare(tag: number, length: number): Buffer {
    const bytes = Buffer.alloc(8);
    this.writeTag(bytes, tag);
    this.write32(bytes, length, 4);
    return bytes;
  }

  private valueBytes(vr: string, value: Value): Buffer {
    if (Buffer.isBuffer(value)) return value;
    if (typeof value === 'string') return Buffer.from(value.length % 2 === 0 ? value : value + (vr === 'UI' ? '\0' : ' '), 'latin1');
    const bytes = Buffer.alloc(2 * value.length);
    value.forEach((number, index) => this.write16(bytes, number, 2 * index));
    return bytes;
  }

  private writeTag(bytes: Buffer, tag: number): void {
    this.write16(bytes, tag >>> 16, 0);
    this.write16(bytes, tag & 0xffff, 2);
  }

  private write16(bytes: Buffer, value: number, at: number): void {
    if (this.little) bytes.writeUInt16LE(value, at);
    else bytes.writeUInt16BE(value, at);
  }

  private write32(bytes: Buffer, value: number, at: number): void {
    if (this.little) bytes.writeUInt32LE(value, at);
    else bytes.writeUInt32BE(value, at);
  }
}

export const explicitLe = new Writer(true, true);
export const explicitBe = new Writer(true, false);
export const implicitLe = new Writer(false, true);

export const preamble = Buffer.concat([Buffer.alloc(128), Buffer.from('DICM')]);

/** Group 0002 with a right group length, or with the one given; null leaves it out. */
export function fileMeta(transferSyntaxUid: string, groupLength?: number | null): Buffer {
  const rest = Buffer.concat([
    explicitLe.element(0x00020001, 'OB', Buffer.of(0, 1)),
    ...(transferSyntaxUid === '' ? [] : [explicitLe.element(0x00020010, 'UI', transferSyntaxUid)]),
  ]);
  if (groupLength === null) return rest;
  const length = Buffer.alloc(4);
  length.writeUInt32LE(groupLength ?? rest.length);
  return Buffer.concat([explicitLe.element(0x00020000, 'UL', length), rest]);
}

export function file(transferSyntaxUid: string, ...dataSet: Buffer[]): Buffer {
  return Buffer.concat([preamble, fileMeta(transferSyntaxUid), ...dataSet]);
}

export function deflatedFile(...dataSet: Buffer[]): Buffer {
  return file(DEFLATED, deflateRawSync(Buffer.concat(dataSet)));
}

/** Image Pixel module as short as it can be. */
export function imageElements(writer: Writer, rows: number, columns: number, bits: number, frames = 1): Buffer {
  return Buffer.concat([
    writer.element(0x00280002, 'US', [1]),
    writer.element(0x00280008, 'IS', String(frames)),
    writer.element(0x00280010, 'US', [rows]),
    writer.element(0x00280011, 'US', [columns]),
    writer.element(0x00280100, 'US', [bits]),
  ]);
}
