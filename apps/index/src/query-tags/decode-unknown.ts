import type { Member } from './tag-value.js';

const NUMBERS: Readonly<Record<string, { readonly width: number; readonly read: (bytes: Buffer, at: number) => number }>> = {
  US: { width: 2, read: (bytes, at) => bytes.readUInt16LE(at) }, SS: { width: 2, read: (bytes, at) => bytes.readInt16LE(at) },
  UL: { width: 4, read: (bytes, at) => bytes.readUInt32LE(at) }, SL: { width: 4, read: (bytes, at) => bytes.readInt32LE(at) },
  FL: { width: 4, read: (bytes, at) => bytes.readFloatLE(at) }, FD: { width: 8, read: (bytes, at) => bytes.readDoubleLE(at) },
};
const utf8 = new TextDecoder('utf-8', { fatal: true });

/**
 * The member that a value of UN would be with its true VR, which a query tag states; undefined when the bytes are none. UN is
 * little endian (PS3.5 section 6.2.2). Metadata do not tell the character set of the file any more: text is UTF-8, of which
 * ASCII is a part, and anything else is not decoded.
 */
export function decodeUnknown(vr: string, base64: string): Member | undefined {
  const bytes = Buffer.from(base64, 'base64');
  const number = NUMBERS[vr];
  if (number) {
    if (bytes.length === 0 || bytes.length % number.width !== 0) return undefined;
    return { vr, Value: Array.from({ length: bytes.length / number.width }, (_none, at) => number.read(bytes, at * number.width)) };
  }
  const text = textOf(bytes);
  if (text === undefined) return undefined;
  const values = text.split('\\').map((value) => value.trim());
  return { vr, Value: vr === 'PN' ? values.map(nameOf) : values };
}

/** Without padding; undefined for what holds control characters, escape sequences of other character sets among them. */
function textOf(bytes: Buffer): string | undefined {
  try {
    const text = utf8.decode(bytes).replace(/[ \0]+$/, '');
    return /[\x00-\x1f\x7f]/.test(text) ? undefined : text;
  } catch {
    return undefined;
  }
}

function nameOf(text: string): object {
  const [Alphabetic = '', Ideographic = '', Phonetic = ''] = text.split('=');
  return { ...(Alphabetic && { Alphabetic }), ...(Ideographic && { Ideographic }), ...(Phonetic && { Phonetic }) };
}
