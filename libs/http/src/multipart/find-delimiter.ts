export const CR = 0x0d;
export const LF = 0x0a;
const SPACE = 0x20;
const TAB = 0x09;
const DASH = 0x2d;

export type Found =
  /** A part follows: the line feed stands at `at`, the rest of the delimiter line begins at `after`. */
  | { readonly kind: 'delimiter'; readonly at: number; readonly after: number }
  /** No part follows. */
  | { readonly kind: 'closing'; readonly at: number; readonly after: number }
  /** No delimiter before `at`; from there on it takes more bytes to tell. */
  | { readonly kind: 'none'; readonly at: number };

/** What is searched for. The carriage return before it is optional, so it is looked at when the rest is found. */
export function delimiterOf(boundary: string): Buffer {
  return Buffer.from(`\n--${boundary}`, 'latin1');
}

/** RFC 2046 section 5.1.1: `delimiter := CRLF "--" boundary`, followed by `--`, or by blanks and the end of the line. */
export function findDelimiter(window: Buffer, needle: Buffer, from = 0): Found {
  for (let at = window.indexOf(needle, from); at >= 0; at = window.indexOf(needle, at + 1)) {
    const after = at + needle.length;
    const next = window[after];
    if (next === undefined) return { kind: 'none', at };
    if (next === CR || next === LF || next === SPACE || next === TAB) return { kind: 'delimiter', at, after };
    if (next !== DASH) continue;
    const second = window[after + 1];
    if (second === undefined) return { kind: 'none', at };
    // Anything else is data that happens to begin as a delimiter does, such as the boundary of a nested multipart.
    if (second === DASH) return { kind: 'closing', at, after: after + 2 };
  }
  return { kind: 'none', at: firstUncertain(window, needle, from) };
}

/** Where a delimiter may begin that continues in the next chunk. The needle has one line feed, so only the last can begin it. */
function firstUncertain(window: Buffer, needle: Buffer, from: number): number {
  const end = window.length;
  const last = window.subarray(Math.max(from, end - needle.length + 1)).lastIndexOf(LF);
  if (last < 0) return end;
  const at = Math.max(from, end - needle.length + 1) + last;
  return window.compare(needle, 0, end - at, at, end) === 0 ? at : end;
}
