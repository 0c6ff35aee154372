import { BadRequest, parseContentType, PayloadTooLarge, UnsupportedMediaType } from '@isocenter/http';
import type { FastifyRequest } from 'fastify';

/** Fifty UIDs and every attribute that may change, many times over. */
const MAX_BYTES = 1024 * 1024;
const JSON_TYPES = ['application/json', 'application/dicom+json'];

/** The body as JSON; this service parses no body before somebody asks for it. Throws BadRequest, PayloadTooLarge, UnsupportedMediaType. */
export async function readJson(request: FastifyRequest): Promise<unknown> {
  const type = parseContentType(request.headers['content-type'])?.type ?? '';
  if (!JSON_TYPES.includes(type)) throw new UnsupportedMediaType(`The Content-Type is '${type.slice(0, 80)}'; allowed is ${JSON_TYPES.join(' and ')}.`);
  const chunks: Buffer[] = [];
  let size = 0;
  // The stream stays whole when it is refused early, so that the answer reaches a client that still sends.
  for await (const chunk of request.raw.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BYTES) throw new PayloadTooLarge(`The body has more than ${MAX_BYTES} bytes.`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString()) as unknown;
  } catch (cause) {
    throw new BadRequest('The body is not JSON.', { cause });
  }
}
