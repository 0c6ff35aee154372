import { HttpException } from '@nestjs/common';
import { BadRequest, InternalError, NotFound, PayloadTooLarge, UnsupportedMediaType, UriTooLong } from './http-errors.js';
import { IsocenterError } from './isocenter-error.js';

/** What the framework refuses by itself, by status. Its own texts may quote the request, so ours replace them. */
const frameworkErrors: Readonly<Record<number, (cause: unknown) => IsocenterError>> = {
  400: (cause) => new BadRequest('The request could not be read: its path is malformed, or its body.', { cause }),
  404: (cause) => new NotFound('There is no resource at this path.', { cause }),
  413: (cause) => new PayloadTooLarge('The body is larger than this resource allows.', { cause }),
  414: (cause) => new UriTooLong('The path or one of its segments is too long.', { cause }),
  415: (cause) => new UnsupportedMediaType('The Content-Type of the request is not supported here.', { cause }),
};

/** Turns whatever was thrown into an error that can be answered; what nobody expected gets the fixed text. */
export function wrapError(error: unknown, requestId: string): IsocenterError {
  if (error instanceof IsocenterError) return error;
  return frameworkErrors[frameworkStatus(error) ?? 0]?.(error) ?? new InternalError(requestId, { cause: error });
}

/** Nest wraps the errors of Fastify's parsers in its own; those of the router come as they are. */
function frameworkStatus(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus();
  if (!(error instanceof Error && 'code' in error && 'statusCode' in error)) return undefined;
  const fromFastify = typeof error.code === 'string' && error.code.startsWith('FST_ERR_');
  return fromFastify && typeof error.statusCode === 'number' ? error.statusCode : undefined;
}
