import { type PictureType, sendBuffers, sendParts } from '@isocenter/http';
import type { Result } from '@isocenter/result-cache';
import type { FastifyReply } from 'fastify';

/** A picture that was just made, or one that is kept, as it is read. */
export async function sendPicture(reply: FastifyReply, mediaType: PictureType, { bytes, length }: Result): Promise<void> {
  if (Buffer.isBuffer(bytes)) sendBuffers(reply, mediaType, [bytes], () => undefined);
  else await sendParts(reply, mediaType, bytes, length);
}
