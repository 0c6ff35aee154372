import { ImagingError } from '../imaging-error.js';

export function busyError(): ImagingError {
  return new ImagingError('busy', 'All image decoders are busy and the queue is full; ask again later.');
}

export function closedError(): ImagingError {
  return new ImagingError('canceled', 'The pool of threads was closed.');
}

export function canceledError(): ImagingError {
  return new ImagingError('canceled', 'Nobody waits for the frame any more.');
}
