import { IsocenterError } from './isocenter-error.js';

/* One class per status that a service answers, in the order of the statuses (RFC 9110 section 15, RFC 6585, RFC 4918). */

export class BadRequest extends IsocenterError {
  readonly status = 400;
}

/** Carries the challenge that RFC 9110 section 11.6.1 demands. */
export class Unauthorized extends IsocenterError {
  readonly status = 401;
  override readonly headers = { 'www-authenticate': 'Bearer' };
}

export class Forbidden extends IsocenterError {
  readonly status = 403;
}

export class NotFound extends IsocenterError {
  readonly status = 404;
}

export class MethodNotAllowed extends IsocenterError {
  readonly status = 405;
  override readonly headers: { readonly allow: string };

  constructor(allow: readonly string[]) {
    super(`The method is not allowed here; allowed: ${allow.join(', ')}.`);
    this.headers = { allow: allow.join(', ') };
  }
}

export class NotAcceptable extends IsocenterError {
  readonly status = 406;
}

export class RequestTimeout extends IsocenterError {
  readonly status = 408;
  override readonly retriable = true;
}

export class Conflict extends IsocenterError {
  readonly status = 409;
}

export class Gone extends IsocenterError {
  readonly status = 410;
}

export class PreconditionFailed extends IsocenterError {
  readonly status = 412;
}

export class PayloadTooLarge extends IsocenterError {
  readonly status = 413;
}

export class UriTooLong extends IsocenterError {
  readonly status = 414;
}

export class UnsupportedMediaType extends IsocenterError {
  readonly status = 415;
}

/** Carries the size of the representation (RFC 9110 section 14.4). */
export class RangeNotSatisfiable extends IsocenterError {
  readonly status = 416;
  override readonly headers: { readonly 'content-range': string };

  constructor(size: number) {
    super(`The range lies outside of the ${size} bytes that there are.`);
    this.headers = { 'content-range': `bytes */${size}` };
  }
}

/** The Azure dialect's answer while the object store is away. */
export class FailedDependency extends IsocenterError {
  readonly status = 424;
  override readonly retriable = true;

  constructor(text: string, override readonly retryAfterSeconds = 5, options?: ErrorOptions) {
    super(text, options);
  }
}

export class TooManyRequests extends IsocenterError {
  readonly status = 429;
  override readonly retriable = true;

  constructor(text: string, override readonly retryAfterSeconds = 1, options?: ErrorOptions) {
    super(text, options);
  }
}

export class HeaderFieldsTooLarge extends IsocenterError {
  readonly status = 431;
}

/** The text is fixed: what went wrong is in the log, under the id. */
export class InternalError extends IsocenterError {
  readonly status = 500;

  constructor(requestId: string, options?: ErrorOptions) {
    super(`The server met an unknown error. Its log names it ${requestId}.`, options);
  }
}

export class NotImplemented extends IsocenterError {
  readonly status = 501;
}

export class BadGateway extends IsocenterError {
  readonly status = 502;
  override readonly retriable = true;
}

export class ServiceUnavailable extends IsocenterError {
  readonly status = 503;
  override readonly retriable = true;

  constructor(text: string, override readonly retryAfterSeconds = 5, options?: ErrorOptions) {
    super(text, options);
  }
}
