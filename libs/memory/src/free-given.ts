/** Below this the collector is cheaper than the call. */
const LEAST_BYTES = 16 * 1024;

/**
 * Gives the memory of a chunk back at once, instead of leaving it to the garbage collector: chunks of uploads count as
 * external memory, whose growth makes V8 mark its whole heap again and again.
 * Only a chunk that fills its memory is freed: of one that does not, the rest may belong to somebody else.
 */
export function freeGiven({ buffer, byteLength }: Buffer): void {
  if (byteLength >= LEAST_BYTES && byteLength === buffer.byteLength) (buffer as ArrayBuffer).transfer(0);
}
