let last = 0;

/** Order of store: microseconds since 1970, strictly increasing in this process; below 2^53 until the year 2255. */
export function nextOrdinal(): number {
  last = Math.max(Date.now() * 1000, last + 1);
  return last;
}
