/** What one file may cost. Above a limit the scan ends with a `DicomParseError` of code 'limit-exceeded'. */
export interface ScanLimits {
  /** Bytes of all kept values and the Basic Offset Table together. */
  readonly headerBytes: number;
  /** Rows of the element table: elements, sequences and items. */
  readonly elements: number;
  /** Sequences inside one another, at most 120. */
  readonly depth: number;
  /** Fragments of encapsulated Pixel Data. */
  readonly fragments: number;
  /** Bytes of a deflated data set when inflated. */
  readonly inflatedBytes: number;
  /** Longest value that is kept; a longer one is known by its range only. */
  readonly keptValueBytes: number;
}

const defaults: ScanLimits = {
  headerBytes: 64 * 2 ** 20,
  elements: 1_000_000,
  depth: 64,
  fragments: 1_000_000,
  inflatedBytes: 4 * 2 ** 30,
  keptValueBytes: 65_536,
};

/** Two rows a sequence (itself and its item) must fit the table's 8-bit depth column. */
const MAX_DEPTH = 120;
/** `kept` offsets are 32-bit signed. */
const MAX_HEADER_BYTES = 2 ** 30;

/** @throws RangeError when a limit is no whole number or above what the table can hold. */
export function scanLimits(wanted: Partial<ScanLimits> = {}): ScanLimits {
  const limits = { ...defaults, ...wanted };
  for (const [name, value] of Object.entries(limits)) {
    if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`Scan limit ${name} must be a whole number, not ${value}.`);
  }
  if (limits.depth > MAX_DEPTH) throw new RangeError(`Scan limit depth must be at most ${MAX_DEPTH}.`);
  if (limits.headerBytes > MAX_HEADER_BYTES) throw new RangeError(`Scan limit headerBytes must be at most ${MAX_HEADER_BYTES}.`);
  return limits;
}
