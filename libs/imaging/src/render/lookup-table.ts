/** A LUT of the standard (PS3.3 §C.11.1.1): entries from the value `first` on; values outside have those at the ends. */
export interface LookupTable {
  readonly first: number;
  /** Bits of an entry. */
  readonly bits: number;
  readonly entries: Uint16Array;
}

export function lookUp({ first, entries }: LookupTable, value: number): number {
  const at = Math.floor(value) - first;
  return entries[at <= 0 ? 0 : at >= entries.length ? entries.length - 1 : at]!;
}

/** Entries as the first value of a descriptor says them, which for 65536 has no room. */
export function entriesOf(said: number): number {
  return said <= 0 ? said + 65536 : said;
}

/**
 * @param descriptor number of entries (0 for 65536), first value mapped, bits of an entry
 * @param data little endian; 8-bit entries stand in bytes, or in words of their own
 * @param isSigned of the values that are looked up: descriptors are often written without a sign
 * @returns undefined when it is no LUT
 */
export function lookupTable(descriptor: readonly number[], data: Buffer | undefined, isSigned: boolean): LookupTable | undefined {
  const [said, first, bits] = descriptor;
  if (said === undefined || first === undefined || bits === undefined || data === undefined) return undefined;
  const count = entriesOf(said);
  const inBytes = data.length < 2 * count;
  const entries = new Uint16Array(Math.min(count, inBytes ? data.length : Math.floor(data.length / 2)));
  if (entries.length === 0 || bits < 1 || bits > 16) return undefined;
  for (let at = 0; at < entries.length; at++) entries[at] = inBytes ? data[at]! : data.readUInt16LE(2 * at);
  return { first: isSigned && first > 32767 ? first - 65536 : first, bits, entries };
}
