/** FNV-1a, 32 bit, over the UTF-16 units: ours in both adapters, so that a key keeps its partition whatever the broker's client does. */
export function partitionOfKey(key: string, count: number): number {
  if (key === '') throw new RangeError('A log record needs a key; without one its order is lost.');
  let hash = 0x811c9dc5;
  for (let i = 0; i < key.length; i += 1) {
    hash = Math.imul(hash ^ key.charCodeAt(i), 0x01000193);
  }
  return (hash >>> 0) % count;
}
