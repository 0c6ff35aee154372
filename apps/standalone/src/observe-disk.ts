import { observedGauge } from '@isocenter/telemetry';
import { statfs } from 'node:fs/promises';

const EVERY_MS = 10_000;

/** Gauges of the file system that the archive is on. Returns what stops them. */
export function observeDisk(folder: string): () => void {
  let [free, size] = [0, 0];
  const look = async (): Promise<void> => {
    const { bavail, blocks, bsize } = await statfs(folder);
    [free, size] = [bavail * bsize, blocks * bsize];
  };
  // Whoever stores hears of a disk that fails; the last values are shown until then.
  const lookAgain = (): void => void look().catch(() => undefined);
  lookAgain();
  const timer = setInterval(lookAgain, EVERY_MS).unref();
  const stops = [
    observedGauge('data_folder_free_bytes', 'Bytes that are left where DATA_DIR is', () => free),
    observedGauge('data_folder_size_bytes', 'Bytes that there are where DATA_DIR is', () => size),
  ];
  return () => {
    clearInterval(timer);
    for (const stop of stops) stop();
  };
}
