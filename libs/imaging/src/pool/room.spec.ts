import { describe, expect, it } from '@jest/globals';

import { Room, type RoomOptions } from './room.js';

const roomOf = (options: Partial<RoomOptions> = {}): Room => new Room({ maxPlaces: 9, maxBytes: 100, limitMs: 60_000, ...options });

describe('Room', () => {
  it('given as many as there may be, then the next one is refused, and has a place when another ends', async () => {
    const room = roomOf({ maxPlaces: 2 });
    const [first, second] = [await room.take(10), await room.take(10)];
    await expect(room.take(10)).rejects.toMatchObject({ code: 'busy', retriable: true });
    first();
    first();
    expect(room.load).toEqual({ places: 1, heldBytes: 10, refused: 1 });
    (await room.take(10))();
    second();
  });

  it('given no room for its bytes, then it waits for its turn; given nothing else, then even the largest has room', async () => {
    const room = roomOf();
    const release = await room.take(60);
    const order: string[] = [];
    const enter = async (name: string, bytes: number): Promise<void> => {
      const leave = await room.take(bytes);
      order.push(name);
      leave();
    };
    const entered = [enter('large', 1000), enter('small', 1)];
    await new Promise(setImmediate);
    expect(order).toEqual([]);
    release();
    await Promise.all(entered);
    expect(order).toEqual(['large', 'small']);
    expect(room.load).toMatchObject({ places: 0, heldBytes: 0 });
  });

  it('given one that turns out to hold less, then others have what it does not take, and its place is its own until it is given back', async () => {
    const room = roomOf();
    const giveBack = await room.take(90);
    const waits = room.take(80);
    giveBack(20);
    const other = await waits;
    giveBack(50);
    expect(room.load).toMatchObject({ places: 2, heldBytes: 100 });
    giveBack();
    giveBack(10);
    giveBack();
    expect(room.load).toMatchObject({ places: 1, heldBytes: 80 });
    other();
    expect(room.load).toMatchObject({ places: 0, heldBytes: 0 });
  });

  it('given one who waits and leaves, then those behind have their turn', async () => {
    const room = roomOf();
    const release = await room.take(60);
    const gone = new AbortController();
    const large = room.take(1000, gone.signal);
    const small = room.take(40);
    gone.abort();
    await expect(large).rejects.toMatchObject({ code: 'canceled' });
    await expect(room.take(1, gone.signal)).rejects.toMatchObject({ code: 'canceled' });
    (await small)();
    release();
    expect(room.load).toMatchObject({ places: 0, heldBytes: 0 });
  });

  it('given no room for too long, then it is refused', async () => {
    const room = roomOf({ limitMs: 1 });
    const release = await room.take(100);
    await expect(room.take(1)).rejects.toMatchObject({ code: 'busy' });
    expect(room.load).toMatchObject({ refused: 1, places: 1 });
    release();
  });

  it('given it is closed, then who waits and who comes is told', async () => {
    const room = roomOf();
    await room.take(100);
    const waits = room.take(1);
    room.close();
    await expect(waits).rejects.toMatchObject({ code: 'canceled' });
    await expect(room.take(1)).rejects.toMatchObject({ code: 'canceled' });
  });
});
