import type { Settings } from '@isocenter/config';
import { defaultFrameLimits, FramePool } from '@isocenter/imaging';

/** The threads of a process that works on frames, as its settings bound them; of another one they never start. */
export function openFramePool({ imageThreads, imageQueue, imageMaxPixels }: Partial<Settings<'render'>>): FramePool {
  return new FramePool({
    ...(imageThreads !== undefined && { threads: imageThreads }),
    ...(imageQueue !== undefined && { maxQueued: imageQueue }),
    limits: { ...defaultFrameLimits, ...(imageMaxPixels !== undefined && { maxPixels: imageMaxPixels }) },
  });
}
