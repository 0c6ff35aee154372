import { crc32, deflateSync } from 'node:zlib';

import { type PictureFormat } from './picture-format.js';

const JPEG_NAME = Buffer.from('ICC_PROFILE\0', 'latin1');
/** A segment has 65535 bytes with its length, the name, and two numbers. */
const JPEG_PART = 65535 - 2 - JPEG_NAME.length - 2;
/** Behind its signature and the header chunk. */
const PNG_HEADER_END = 8 + 25;

/** @returns the picture with the profile; as it is where the format has no simple place for one, or the profile is too large for it */
export function embedProfile(picture: Buffer, format: PictureFormat, profile: Uint8Array): Buffer {
  if (format === 'jpeg' && profile.length <= 255 * JPEG_PART) return Buffer.concat([picture.subarray(0, 2), ...jpegSegments(profile), picture.subarray(2)]);
  if (format === 'png') return Buffer.concat([picture.subarray(0, PNG_HEADER_END), pngChunk(profile), picture.subarray(PNG_HEADER_END)]);
  return picture;
}

/** ICC.1 §B.4: as many APP2 as it takes, numbered from 1. */
function jpegSegments(profile: Uint8Array): Buffer[] {
  const parts = Math.ceil(profile.length / JPEG_PART);
  return Array.from({ length: parts }, (_none, part) => {
    const body = Buffer.concat([JPEG_NAME, Buffer.of(part + 1, parts), profile.subarray(part * JPEG_PART, (part + 1) * JPEG_PART)]);
    const head = Buffer.of(0xff, 0xe2, 0, 0);
    head.writeUInt16BE(body.length + 2, 2);
    return Buffer.concat([head, body]);
  });
}

/** PNG §11.3.2.3: iCCP, a name, how it is compressed, the profile. */
function pngChunk(profile: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from('iCCPicc\0\0', 'latin1'), deflateSync(profile)]);
  const chunk = Buffer.alloc(body.length + 8);
  chunk.writeUInt32BE(body.length - 4, 0);
  body.copy(chunk, 4);
  chunk.writeUInt32BE(crc32(body), body.length + 4);
  return chunk;
}
