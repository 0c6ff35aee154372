import { describe, expect, it } from '@jest/globals';

import { free, leaveRoom, sameRoom } from './same-room.js';

const MB = 1024 * 1024;

describe('sameRoom', () => {
  it('given frame after frame, then they have the same memory', () => {
    const [first, second] = [sameRoom(1000), (leaveRoom(), sameRoom(500))];
    expect([first.length, second.length, second.buffer]).toEqual([1000, 500, first.buffer]);
  });

  it('given a large frame that is done, then its memory is gone, and the next one has other', () => {
    const large = sameRoom(9 * MB);
    leaveRoom();
    expect([large.length, sameRoom(1000).length]).toEqual([0, 1000]);
  });
});

describe('free', () => {
  it('given memory that is shared, or was handed over before, then nothing is done', () => {
    const [shared, handedOver] = [new Uint8Array(new SharedArrayBuffer(8)), new Uint8Array(8)];
    structuredClone(handedOver, { transfer: [handedOver.buffer] });
    free(shared);
    free(handedOver);
    expect([shared.length, handedOver.length]).toEqual([8, 0]);
  });
});
