import { afterEach, describe, expect, it } from '@jest/globals';
import { BackgroundWork, type BackgroundWorkOptions } from './background-work.js';

const HOUR = 3_600_000;

describe('BackgroundWork', () => {
  let work: BackgroundWork | undefined;
  const errors: unknown[] = [];
  afterEach(async () => {
    await work?.stop();
    errors.length = 0;
  });

  const workOf = (step: () => Promise<boolean>, over: Partial<BackgroundWorkOptions> = {}): BackgroundWork =>
    (work = new BackgroundWork({ step, everyMs: HOUR, onError: (error) => errors.push(error), ...over }));

  /** A step that stays open until it is told to end, and counts. */
  class Gated {
    begun = 0;
    running = 0;
    most = 0;
    private gate = Promise.withResolvers<void>();
    private changed = Promise.withResolvers<void>();
    readonly step = async (): Promise<boolean> => {
      this.begun += 1;
      this.most = Math.max(this.most, (this.running += 1));
      this.changed.resolve();
      await this.gate.promise;
      this.running -= 1;
      return false;
    };
    end(): void {
      this.gate.resolve();
      this.gate = Promise.withResolvers();
    }
    async untilBegun(count: number): Promise<void> {
      while (this.begun < count) {
        await this.changed.promise;
        this.changed = Promise.withResolvers();
      }
    }
  }

  it('given the interval, then runs begin by themselves, also after one that failed', async () => {
    const third = Promise.withResolvers<void>();
    let steps = 0;
    workOf(async () => {
      steps += 1;
      if (steps === 1) throw new Error('not now');
      if (steps === 3) third.resolve();
      return false;
    }, { everyMs: 1 }).start();
    await third.promise;
    expect(errors).toEqual([new Error('not now')]);
  });

  it('given a step that says there is more, then the next follows at once, and the call waits for all', async () => {
    let left = 5;
    await workOf(async () => (left -= 1) > 0).run();
    expect(left).toBe(0);
  });

  it('given calls during a run, then one step at a time, and one more for all of them', async () => {
    const gated = new Gated();
    const { run } = workOf(gated.step);
    const first = run.call(work);
    await gated.untilBegun(1);
    const during = [run.call(work), run.call(work), run.call(work)];
    gated.end();
    await gated.untilBegun(2);
    gated.end();
    await Promise.all([first, ...during]);
    expect([gated.begun, gated.most]).toEqual([2, 1]);
  });

  it('given a call in the very turn in which a run ends, then a step follows it', async () => {
    let steps = 0;
    workOf(async () => {
      steps += 1;
      return false;
    });
    for (let turn = 0; turn < 6; turn += 1) {
      const running = work!.run();
      for (let wait = 0; wait < turn; wait += 1) await Promise.resolve();
      const before = steps;
      await work!.run();
      expect(steps).toBeGreaterThan(before);
      await running;
    }
  });

  it('given a step that throws before it returns a promise, then it is reported, and the next call runs', async () => {
    let fails = true;
    let ran = 0;
    workOf(() => {
      if (fails) throw new RangeError('at once');
      ran += 1;
      return Promise.resolve(false);
    });
    await work!.run();
    fails = false;
    await work!.run();
    expect([errors, ran]).toEqual([[new RangeError('at once')], 1]);
  });

  it('given hints that are gathered, then the first begins a run at once, and those behind it share one', async () => {
    const gated = new Gated();
    workOf(gated.step, { gatherMs: 100 });
    for (let hint = 0; hint < 10; hint += 1) work!.wake();
    expect(gated.begun).toBe(1);
    gated.end();
    await gated.untilBegun(2);
    gated.end();
    await work!.stop();
    expect(gated.begun).toBe(2);
  });

  it('given a hint and nothing to gather for, then the run begins at once', () => {
    let steps = 0;
    workOf(async () => {
      steps += 1;
      return false;
    }).wake();
    expect(steps).toBe(1);
  });

  it('given a stop during a step that has more, then the step ends and none follows, whoever asks', async () => {
    const gate = Promise.withResolvers<boolean>();
    let ended = 0;
    workOf(async () => {
      const more = await gate.promise;
      ended += 1;
      return more;
    }, { everyMs: 1 }).start();
    const running = work!.run();
    const stopping = work!.stop();
    work!.wake();
    gate.resolve(true);
    await Promise.all([running, stopping, work!.run()]);
    expect(ended).toBe(1);
  });
});
