import { describe, expect, it } from '@jest/globals';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Flights } from './flights.js';

const stays = new AbortController().signal;

/** Work whose end is told from outside. */
class Work {
  readonly signals: AbortSignal[] = [];
  readonly ends: PromiseWithResolvers<string>[] = [];
  /** The joined begin anew within turns that are few, and end. */
  async begun(times: number): Promise<void> {
    for (let turn = 0; this.ends.length < times && turn < 1000; turn += 1) await nextTurn();
    expect(this.ends).toHaveLength(times);
  }

  readonly run = (left: AbortSignal): Promise<string> => {
    const end = Promise.withResolvers<string>();
    this.signals.push(left);
    this.ends.push(end);
    return end.promise;
  };
}

const landed: string[] = [];
const flights = (): Flights<string> => new Flights(async (_, made) => void landed.push(made));

describe('Flights', () => {
  it('given a hundred who ask for the same, then the work is done once, and all have its result', async () => {
    const [flying, work] = [flights(), new Work()];
    const asked = Array.from({ length: 100 }, () => flying.join('a', stays, work.run));
    work.ends[0]!.resolve('made');
    expect(new Set(await Promise.all(asked))).toEqual(new Set(['made']));
    expect(work.ends).toHaveLength(1);
  });

  it('given others who wait, when who began it leaves, then he hears so, the work goes on, and the others have its result', async () => {
    const [flying, work, first] = [flights(), new Work(), new AbortController()];
    const left = flying.join('a', first.signal, work.run);
    const stayed = flying.join('a', stays, work.run);
    first.abort(new Error('left'));
    await expect(left).rejects.toThrow('left');
    expect(work.signals[0]!.aborted).toBe(false);
    work.ends[0]!.resolve('made');
    expect(await stayed).toBe('made');
    expect(work.ends).toHaveLength(1);
  });

  it('given nobody who waits any more, then the work is told so, and who asks next begins anew', async () => {
    const [flying, work, one, other] = [flights(), new Work(), new AbortController(), new AbortController()];
    const asked = [flying.join('a', one.signal, work.run), flying.join('a', other.signal, work.run)];
    one.abort(new Error('left'));
    other.abort(new Error('left'));
    expect((await Promise.allSettled(asked)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(work.signals[0]!.aborted).toBe(true);
    const next = flying.join('a', stays, work.run);
    expect(work.ends).toHaveLength(2);
    work.ends[0]!.reject(new Error('given up'));
    work.ends[1]!.resolve('made');
    expect(await next).toBe('made');
  });

  it('given work that fails who began it, then those who joined him try once more, together', async () => {
    const [flying, work] = [flights(), new Work()];
    const [first, ...joined] = Array.from({ length: 10 }, () => flying.join('a', stays, work.run));
    work.ends[0]!.reject(new Error('his alone'));
    await expect(first!).rejects.toThrow('his alone');
    await work.begun(2);
    work.ends[1]!.resolve('made');
    expect(new Set(await Promise.all(joined))).toEqual(new Set(['made']));
    expect(work.ends).toHaveLength(2);
  });

  it('given work that fails twice, then all hear why, and it is not tried more often', async () => {
    const [flying, work] = [flights(), new Work()];
    const asked = Promise.allSettled(Array.from({ length: 10 }, () => flying.join('a', stays, work.run)));
    work.ends[0]!.reject(new Error('broken'));
    await work.begun(2);
    work.ends[1]!.reject(new Error('broken'));
    expect((await asked).every((one) => one.status === 'rejected' && (one.reason as Error).message === 'broken')).toBe(true);
    expect(work.ends).toHaveLength(2);
  });
});
