import { openPorts, type OpenPorts } from '@isocenter/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Lease } from './lease.js';

const NEVER = 3_600_000;

describe('Lease', () => {
  let ports: OpenPorts;
  beforeEach(async () => {
    ports = await openPorts();
  });
  afterEach(() => ports.close());

  const lease = (ms: number): Lease => new Lease(ports.store, 'lease', ms);
  const position = async (): Promise<number> => (await ports.store.readCursor('lease'))?.position ?? 0;

  it('given nobody, then the first who asks holds it, and nobody else', async () => {
    const [first, second] = [lease(NEVER), lease(NEVER)];
    expect([first.held, await first.hold(), await second.hold(), await first.hold()]).toEqual([false, true, false, true]);
    expect([first.held, second.held]).toEqual([true, false]);
  });

  it('given many who ask at once, then one holds it', async () => {
    const all = Array.from({ length: 8 }, () => lease(NEVER));
    expect((await Promise.all(all.map((one) => one.hold()))).filter(Boolean)).toHaveLength(1);
  });

  it('given a holder who asks again, then it is renewed only when half of its time is over', async () => {
    const calm = lease(NEVER);
    await calm.hold();
    await calm.hold();
    expect(await position()).toBe(1);
    await calm.release();
    const busy = lease(0);
    await busy.hold();
    await busy.hold();
    expect(await position()).toBe(4);
  });

  it('given a holder who renews, then another does not get it however often it asks', async () => {
    // Long enough that a busy machine does not let the holder miss its time.
    const [holder, other] = [lease(1_500), lease(1_500)];
    while ((await position()) < 3) {
      expect(await holder.hold()).toBe(true);
      expect(await other.hold()).toBe(false);
    }
  });

  it('given a holder who says nothing any more, then its own time ends before another has it', async () => {
    const [silent, other] = [lease(100), lease(100)];
    await silent.hold();
    while (!(await other.hold())) await new Promise((resolve) => setImmediate(resolve));
    expect([silent.held, await silent.hold(), other.held]).toEqual([false, false, true]);
  });

  it('given a holder who releases it, then another has it at once; who does not hold it releases nothing', async () => {
    const [first, second] = [lease(NEVER), lease(NEVER)];
    await first.hold();
    await second.release();
    expect(await second.hold()).toBe(false);
    await first.release();
    expect([first.held, await second.hold()]).toEqual([false, true]);
  });
});
