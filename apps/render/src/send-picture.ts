import { type PictureType, sendBuffers, sendParts } from '@isocenter/http';
import type { FastifyReply } from 'fastify';
import { type HeldPicture, isLarge } from './make-picture.js';

/** A large picture is not held for a client that takes nothing of it. */
const PATIENCE_MS = 60_000;

/** A picture that was just made, or one that is kept, as it is read. Then its place is given back. */
export async function sendPicture(reply: FastifyReply, mediaType: PictureType, picture: HeldPicture): Promise<void> {
  const { bytes, length } = picture;
  try {
    if (!Buffer.isBuffer(bytes)) await sendParts(reply, mediaType, bytes, length);
    else if (isLarge(picture)) await sendParts(reply, mediaType, only(bytes), length, PATIENCE_MS);
    else sendBuffers(reply, mediaType, [bytes], () => undefined);
  } finally {
    picture.release();
  }
}

async function* only(bytes: Buffer): AsyncGenerator<Buffer, void, void> {
  yield bytes;
}
