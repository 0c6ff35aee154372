import type { Settings } from '@isocenter/config';
import { ResultCache } from '@isocenter/result-cache';
import type { Logger } from '@isocenter/telemetry';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Results of frames that a process keeps, as its settings bound them; of one that works on none there is nothing. */
export function openResultCache(name: string, { resultCacheBytes = 0, resultCacheDir, dataDir }: Partial<Settings<'render'> & Settings<'standalone'>>, log: Logger): ResultCache {
  const folder = resultCacheDir ?? (dataDir === undefined ? join(tmpdir(), `isocenter-results-${process.getuid?.()}`) : join(dataDir, 'results'));
  return new ResultCache({ folder, limit: resultCacheBytes, process: name, log });
}
