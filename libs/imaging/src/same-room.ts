/** More is not kept for the next frame. */
const ROOM_BYTES = 8 * 1024 * 1024;

let room = new Uint8Array(0);

/**
 * Memory for the frame that is worked on, used again for the next: new memory for each is garbage of many megabytes before it is
 * collected, and keeps the collectors busy.
 */
export function sameRoom(bytes: number): Uint8Array {
  if (bytes > room.length) room = new Uint8Array(bytes);
  return room.subarray(0, bytes);
}

/** To be called when a frame is done. That of large frames is given back at once. */
export function leaveRoom(): void {
  if (room.length <= ROOM_BYTES) return;
  free(room);
  room = new Uint8Array(0);
}

/** Memory that nobody looks at any more, not left to the collector; what was handed over or is shared is not touched. */
export function free({ buffer }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && !buffer.detached) buffer.transfer(0);
}
