/** A strong entity tag (RFC 9110 section 8.8.3) of what identifies a version: an id or a digest, visible ASCII. */
export function strongETag(version: string): string {
  return `"${version.replace(/[^\x21\x23-\x7e]/g, '_')}"`;
}

/** Whether an If-None-Match header names the version, so that the answer is 304. The comparison is weak (section 13.1.2). */
export function matchesETag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  const wanted = etag.replace(/^W\//, '');
  return [...ifNoneMatch.matchAll(/"[^"]*"/g)].some(([tag]) => tag === wanted);
}
