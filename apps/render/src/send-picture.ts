import { type PictureType, sendBuffers, sendParts } from '@isocenter/http';
import type { Result } from '@isocenter/result-cache';
import type { FastifyReply } from 'fastify';

/** A picture above this is not held for a client that takes nothing of it. */
const LARGE_BYTES = 1024 * 1024;
const PATIENCE_MS = 60_000;

/** A picture that was just made, or one that is kept, as it is read. */
export async function sendPicture(reply: FastifyReply, mediaType: PictureType, { bytes, length }: Result): Promise<void> {
  if (!Buffer.isBuffer(bytes)) await sendParts(reply, mediaType, bytes, length);
  else if (length > LARGE_BYTES) await sendParts(reply, mediaType, only(bytes), length, PATIENCE_MS);
  else sendBuffers(reply, mediaType, [bytes], () => undefined);
}

async function* only(bytes: Buffer): AsyncGenerator<Buffer, void, void> {
  yield bytes;
}
