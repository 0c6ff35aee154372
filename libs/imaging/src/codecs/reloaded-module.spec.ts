import { describe, expect, it } from '@jest/globals';

import { ImagingError } from '../imaging-error.js';
import { ReloadedModule } from './reloaded-module.js';

/** A module that counts its starts, of which the first `failures` fail. */
function started(failures = 0): { module: ReloadedModule<number>; starts: () => number } {
  let starts = 0;
  const start = (): Promise<number> => (++starts <= failures ? Promise.reject(new Error('no room')) : Promise.resolve(starts));
  return { module: new ReloadedModule('test', start), starts: () => starts };
}

describe('ReloadedModule', () => {
  it('given a start that fails, then the next use starts it again', async () => {
    const { module } = started(1);
    await expect(module.use((number) => number)).rejects.toMatchObject({ code: 'failed', message: 'The test codec does not start: no room.' });
    expect(await module.use((number) => number)).toBe(2);
  });

  it('given an error in a used module, then it is tried again in a new one, and the next use has a new one', async () => {
    const { module, starts } = started();
    await module.use((number) => number);
    const broken = (): never => {
      throw new Error('memory access out of bounds');
    };
    await expect(module.use(broken)).rejects.toMatchObject({ code: 'malformed' });
    expect(starts()).toBe(2);
    expect(await module.use((number) => number)).toBe(3);
  });

  it('given no memory, then the frame is not blamed; an error of this library stays what it is', async () => {
    const { module } = started();
    await expect(module.use(() => { throw new RangeError('Array buffer allocation failed'); })).rejects.toMatchObject({ code: 'failed', retriable: true });
    await expect(module.use(() => { throw new ImagingError('unsupported', 'Not this.'); })).rejects.toMatchObject({ code: 'unsupported' });
  });
});
