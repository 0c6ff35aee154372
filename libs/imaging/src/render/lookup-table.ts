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
 * What the descriptor says, unless the data contradict it, as DCMTK takes them: as many bytes as there are entries are entries of 8 bits, whatever
 * bits are named, and else there are as many as words are given.
 *
 * @param descriptor number of entries (0 for 65536), first value mapped, bits of an entry
 * @param data little endian; 8-bit entries stand in bytes, or in words of their own
 * @param isSigned of the values that are looked up: descriptors are often written without a sign
 * @returns undefined when it is no LUT
 */
export function lookupTable(descriptor: readonly number[], data: Buffer | undefined, isSigned: boolean): LookupTable | undefined {
  const [said = Number.NaN, first = Number.NaN, bits = Number.NaN] = descriptor;
  if (![said, first, bits].every(Number.isInteger) || bits < 1 || bits > 16 || data === undefined) return undefined;
  const count = entriesOf(said);
  const inBytes = data.length < 2 * count && (data.length === count || data.length === count + 1);
  const entries = inBytes ? Uint16Array.from(data.subarray(0, count)) : wordsOf(data, count);
  const table = { first: isSigned && first > 32767 ? first - 65536 : first, bits: inBytes ? Math.min(bits, 8) : bits, entries };
  // Words that are too few and too large are neither words nor bytes.
  return entries.length === 0 || (entries.length < count && isAbove(bitsIn(entries), bits)) ? undefined : table;
}

/** A LUT whose entries are of more bits than its descriptor says has those that they need. */
export function withBitsOfEntries(table: LookupTable): LookupTable {
  const bits = bitsIn(table.entries);
  return isAbove(bits, table.bits) ? { ...table, bits } : table;
}

/** A palette has 8 or 16 bits, the same ones for its three colours (PS3.3 §C.7.6.3.1.5): 8 where all fit into them, and 16 where some do not fit into those that are named. */
export function withBitsOfPalette(tables: readonly LookupTable[]): readonly LookupTable[] {
  if (tables.some(({ bits }) => bits !== tables[0]!.bits)) return tables;
  const widest = Math.max(...tables.map(({ entries }) => bitsIn(entries)));
  return tables.map((table) => (widest <= 8 ? { ...table, bits: 8 } : isAbove(widest, table.bits) ? { ...table, bits: 16 } : table));
}

function wordsOf(data: Buffer, count: number): Uint16Array {
  const words = new Uint16Array(Math.min(count, Math.floor(data.length / 2)));
  for (let at = 0; at < words.length; at++) words[at] = data.readUInt16LE(2 * at);
  return words;
}

/** Of the largest entry. */
function bitsIn(entries: Uint16Array): number {
  return 32 - Math.clz32(entries.reduce((all, entry) => all | entry, 0));
}

/** One bit more is an entry that is one too large, and is cut to the largest level. */
function isAbove(bits: number, named: number): boolean {
  return bits > named + 1;
}
