/** More is not kept. */
const ROOM_BYTES = 8 * 1024 * 1024;

let room = new Uint8Array(0);

/**
 * Memory for one frame at a time, used again for the next: new memory for each is garbage of many megabytes before it is collected,
 * and keeps the collectors busy.
 */
export function sameRoom(bytes: number): Uint8Array {
  if (bytes > ROOM_BYTES) return new Uint8Array(bytes);
  if (bytes > room.length) room = new Uint8Array(bytes);
  return room.subarray(0, bytes);
}
