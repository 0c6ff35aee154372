import { type RawFrame } from '../image-description.js';
import { encodePicture, type Picture, type PictureOptions } from './encode-picture.js';
import { type Presentation, type Window } from './presentation.js';
import { renderFrame, type Room } from './render-frame.js';

/** A decoded frame to a picture file, in this thread; services use `FramePool`. */
export function renderPicture(frame: RawFrame, presentation: Presentation, window: Window | undefined, options: PictureOptions, room?: Room): Promise<Picture> {
  return encodePicture(renderFrame(frame, presentation, window, room), options);
}
