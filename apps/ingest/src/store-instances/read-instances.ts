import { BodyTooLarge, parseContentType, PayloadTooLarge, readParts, requireBoundary, UnsupportedMediaType } from '@isocenter/http';
import type { FastifyRequest } from 'fastify';

export interface InstanceBody {
  /** Undefined: not a DICOM part. */
  readonly contentType: string | undefined;
  readonly body: AsyncIterable<Buffer>;
}

export interface ReadLimits {
  readonly maxBytes: number;
  readonly maxParts: number;
}

const DICOM = 'application/dicom';

/**
 * The instances of a store request (PS3.18 §10.5.1): parts of `multipart/related`, or one body of `application/dicom`.
 * Throws before a byte is read when the request as a whole cannot be accepted.
 */
export function readInstances(request: FastifyRequest, limits: ReadLimits): AsyncIterable<InstanceBody> {
  const header = request.headers['content-type'];
  const contentType = parseContentType(header);
  if (!contentType) throw new UnsupportedMediaType(`The request has ${header === undefined ? 'no Content-Type' : 'a Content-Type that cannot be read'}; allowed are multipart/related; type="application/dicom" and application/dicom.`);
  const length = Number(request.headers['content-length'] ?? 0);
  if (length > limits.maxBytes) throw new PayloadTooLarge(`The request has ${length} bytes; allowed are ${limits.maxBytes}. Send the instances in several requests.`);
  if (contentType.type === DICOM) return oneInstance(request, limits);
  if (contentType.type !== 'multipart/related') throw new UnsupportedMediaType(`The Content-Type is '${contentType.type}'; allowed are multipart/related; type="application/dicom" and application/dicom.`);
  if (contentType.partType !== undefined && contentType.partType !== DICOM) throw new UnsupportedMediaType(`The parts are '${contentType.partType}'; allowed is application/dicom.`);
  return readParts(request.raw as AsyncIterable<Buffer>, { boundary: requireBoundary(contentType), standardType: DICOM, ...limits });
}

async function* oneInstance(request: FastifyRequest, { maxBytes }: ReadLimits): AsyncGenerator<InstanceBody> {
  if (request.headers['content-length'] === '0' || (request.headers['content-length'] === undefined && request.headers['transfer-encoding'] === undefined)) return;
  yield { contentType: DICOM, body: counted(request, maxBytes) };
}

async function* counted({ raw }: FastifyRequest, maxBytes: number): AsyncGenerator<Buffer> {
  let size = 0;
  try {
    // The stream stays whole when the instance is refused early, so that the answer reaches a client that still sends.
    for await (const chunk of raw.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > maxBytes) throw new BodyTooLarge(maxBytes);
      yield chunk;
    }
  } finally {
    raw.resume();
  }
}

/** Whether a part says that it is a DICOM file; one that says nothing is taken for one. */
export function isDicomPart(contentType: string | undefined): boolean {
  if (contentType === undefined) return true;
  return parseContentType(contentType)?.type === DICOM;
}
