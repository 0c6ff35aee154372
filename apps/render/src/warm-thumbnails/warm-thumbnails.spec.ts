import { afterEach, describe, expect, it } from '@jest/globals';
import { NotFound, ServiceUnavailable } from '@isocenter/http';
import { FramePool, ImagingError } from '@isocenter/imaging';
import type { NumberedChange } from '@isocenter/metadata-store';
import type { ResultCache } from '@isocenter/result-cache';
import { createLogger } from '@isocenter/telemetry';
import { setTimeout as pause } from 'node:timers/promises';
import type { RenderThumbnail } from '../render-thumbnail/render-thumbnail.js';
import { WarmThumbnails } from './warm-thumbnails.js';


const changeOf = (series: string): NumberedChange => ({ partition: 1, study: '1', series }) as NumberedChange;

describe('WarmThumbnails', () => {
  const pool = new FramePool();
  let warming: WarmThumbnails;
  const tried: string[] = [];
  /** Tells of a change of each series; thumbnails are made as `make` does. */
  const begin = (series: readonly string[], make: (series: string) => void): void => {
    tried.length = 0;
    let tell = (_changes: readonly NumberedChange[]): void => undefined;
    const results = { onChanges: (listener: typeof tell) => ((tell = listener), () => undefined) } as Pick<ResultCache, 'onChanges'>;
    const renderThumbnail = { warm: async (scope) => (tried.push(scope.series!), make(scope.series!)) } as Pick<RenderThumbnail, 'warm'>;
    warming = new WarmThumbnails(results as ResultCache, pool, renderThumbnail as RenderThumbnail, { warmThumbnails: true, log: createLogger({ level: 'silent', service: 'test' }) });
    warming.onApplicationBootstrap();
    tell(series.map(changeOf));
  };
  const untilTried = async (series: string, times: number): Promise<void> => {
    const count = (): number => tried.filter((one) => one === series).length;
    for (const deadline = Date.now() + 60_000; count() < times && Date.now() < deadline; ) await pause(5);
    expect(count()).toBe(times);
  };
  afterEach(() => warming.onApplicationShutdown());

  it('given answers that their clients take slowly, then thumbnails are made all the same', async () => {
    const release = await pool.takePlace(100);
    begin(['a'], () => undefined);
    await untilTried('a', 1);
    release();
  });

  it.each([
    ['there was no place', new ServiceUnavailable('Busy.', 2, { cause: new ImagingError('busy', 'Busy.') })],
    ['the store was away', new Error('The store does not answer.')],
  ])('given that %s, then it is tried again, behind the others', async (_, error) => {
    begin(['a', 'b'], (series) => {
      if (series === 'a' && tried.length < 3) throw error;
    });
    await untilTried('a', 2);
    expect(tried).toEqual(['a', 'b', 'a']);
  });

  it.each([
    ['has no picture', new NotFound('None.')],
    ['takes too long', new ServiceUnavailable('Too long.', 2, { cause: new ImagingError('time-limit', 'Too long.') })],
  ])('given a series that %s, then it is not tried again', async (_, error) => {
    begin(['a', 'b', 'c'], (series) => {
      if (series === 'a' || (series === 'b' && tried.filter((one) => one === 'b').length < 2)) throw series === 'a' ? error : new Error('Away.');
    });
    await untilTried('b', 2);
    expect(tried.filter((one) => one === 'a')).toEqual(['a']);
  });
});
