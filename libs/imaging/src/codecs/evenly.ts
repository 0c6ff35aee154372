/** A copy of even length, as fragments have it (PS3.5 §A.4); a zero byte behind the end of a codestream is ignored. */
export function evenly(bytes: Uint8Array): Buffer {
  const even = Buffer.alloc(bytes.length + (bytes.length % 2));
  even.set(bytes);
  return even;
}
