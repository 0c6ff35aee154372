import { BadRequest, NotAcceptable, ServiceUnavailable } from '@isocenter/http';
import { ImagingError } from '@isocenter/imaging';

const RETRY_AFTER_S = 2;

/** What a client hears when a frame cannot be worked on: the picture that it asks for does not exist, or not now. Other errors are passed on. */
export function refuseImage(error: unknown): unknown {
  // Of `leftSignal`: nobody hears it.
  if (error instanceof Error && error.name === 'AbortError') return new ServiceUnavailable('Nobody waits for it any more.', RETRY_AFTER_S, { cause: error });
  if (!(error instanceof ImagingError)) return error;
  if (error.retriable || error.code === 'canceled') return new ServiceUnavailable(error.message, RETRY_AFTER_S, { cause: error });
  if (error.code === 'region') return new BadRequest(error.message, { cause: error });
  return new NotAcceptable(error.message, { cause: error });
}
