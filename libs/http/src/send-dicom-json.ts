import type { FastifyReply } from 'fastify';
import { dicomJson } from './negotiate/choose-json.js';

/**
 * Sends DICOM JSON text; undefined is an answer without a body. As bytes, because Fastify adds a charset parameter to text,
 * which the media type does not have (PS3.18 §8.7.3.2) and which clients that compare the header literally take for another type.
 */
export async function sendDicomJson(reply: FastifyReply, body: string | undefined): Promise<void> {
  if (body === undefined) await reply.send();
  else await reply.header('content-type', dicomJson).send(Buffer.from(body));
}
