import type { ObjectStore } from './object-store.js';

/** A block that a row holds, or, when it is large, the object that the row names. */
export async function inlineOrObject(objects: ObjectStore, inline: Uint8Array | null, key: string | null): Promise<Buffer> {
  if (key !== null) return objects.readRange(key, 0, (await objects.stat(key)).size);
  if (inline === null) throw new TypeError('The row has neither the block nor the key of its object.');
  return Buffer.from(inline.buffer, inline.byteOffset, inline.byteLength);
}
