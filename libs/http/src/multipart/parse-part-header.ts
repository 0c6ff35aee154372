/**
 * Reads the header fields of a part: names in lower case, the last of equal names wins, folded lines joined
 * (RFC 5322 section 2.2.3). A line without a colon is passed over, as clients send stray ones.
 */
export function parsePartHeader(block: Buffer): ReadonlyMap<string, string> {
  const fields = new Map<string, string>();
  if (block.length === 0) return fields;
  const lines = block.toString('latin1').replace(/\r?\n[ \t]+/g, ' ').split(/\r?\n/);
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return fields;
}
