import type { FramePool } from '@isocenter/imaging';
import { observedCounter, observedGauge } from '@isocenter/telemetry';

/** What the threads that work on frames do. Returns what stops it. */
export function observeFramePool(pool: FramePool): () => void {
  const stops = [
    observedGauge('image_open_requests', 'Requests that have or wait for a place at the threads that work on frames', () => pool.load.places),
    observedGauge('image_held_bytes', 'Bytes of frames that such requests hold at most', () => pool.load.heldBytes),
    observedGauge('image_working_frames', 'Frames that are decoded, encoded or rendered now', () => pool.load.working),
    observedGauge('image_waiting_frames', 'Frames that wait for a thread', () => pool.load.waiting),
    observedCounter('image_refused_total', 'Requests and frames that were refused because as many waited as may', () => pool.counts.refused),
    observedCounter('image_timed_out_total', 'Frames that were not done within the time limit', () => pool.counts.timedOut),
    observedCounter('image_threads_lost_total', 'Threads that a frame ended, by its time, its memory or a fault, and that were replaced', () => pool.counts.threadsLost),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}
