import { DataSetInflater } from './data-set-inflater.js';
import { DataSetScanner } from './data-set-scanner.js';
import { NOT_KEPT } from '../element-table.js';
import { DicomParseError } from './dicom-parse-error.js';
import { scanLimits, type ScanLimits } from './scan-limits.js';
import { type ScannedPart10 } from './scanned-part10.js';

/** Of the element table's columns. */
const BYTES_PER_ROW = 35;
const PREAMBLE = 128;
const PREFIX = 'DICM';
const START = PREAMBLE + PREFIX.length;

/**
 * Reads a DICOM file (PS3.10 §7) or a bare data set while its bytes pass by, and remembers where everything lies. Pixel bytes
 * are neither held nor copied: whoever pushes a chunk may store it at the same time.
 *
 * `push` and `end` are synchronous except for a deflated data set, where they return promises: `push` must not be called again,
 * nor its chunk be reused, before its promise has settled. `await` serves both. All errors are `DicomParseError`s, thrown or as
 * rejections; after one every call gives the same error again.
 */
export class Part10Scanner {
  private readonly limits: ScanLimits;
  private readonly scanner: DataSetScanner;
  private inflater: DataSetInflater | undefined;
  /** The first bytes, until there are enough to find the prefix. */
  private start: Buffer | undefined;
  private started = false;
  private ended = false;
  private hasPreamble = false;
  private size = 0;
  private failure: unknown;

  constructor(limits?: Partial<ScanLimits>) {
    this.limits = scanLimits(limits);
    this.scanner = new DataSetScanner(this.limits);
  }

  /** (0002,0010) as soon as it has passed, '' before. */
  get transferSyntaxUid(): string {
    return this.scanner.meta.transferSyntaxUid;
  }

  /** Whether all elements before Pixel Data have passed. */
  get pixelDataBegun(): boolean {
    return this.scanner.pixelData !== undefined;
  }

  /** Bytes that this scanner holds in memory: the kept values and the columns of the element table. */
  get heldBytes(): number {
    return this.scanner.kept.length + BYTES_PER_ROW * this.scanner.columns.count;
  }

  /** Notes from now on where each element of the root begins. To be called before the first chunk. */
  noteRootStarts(): void {
    this.scanner.rootStarts = [];
  }

  /** Offsets of the headers of the root's elements so far, in order, and the offset behind the last of them when the file has ended. */
  get rootElements(): { readonly starts: readonly number[]; readonly end: number } {
    return { starts: this.scanner.rootStarts ?? [], end: this.scanner.zerosBegin ?? this.scanner.offset };
  }

  /** Text of an element of the root, without padding, as soon as it has passed; undefined before. Linear in the elements so far. */
  passedText(tag: number): string | undefined {
    const { columns, kept } = this.scanner;
    for (let row = 0; row < columns.count; row = columns.ends[row]!) {
      if (columns.tags[row] !== tag) continue;
      const from = columns.kept[row]!;
      const to = from + columns.lengths[row]!;
      return from === NOT_KEPT || to > kept.length ? undefined : kept.view(from, to).toString('latin1').replace(/[ \0]+$/, '');
    }
    return undefined;
  }

  push(chunk: Buffer): void | Promise<void> {
    return this.guarded(() => {
      this.size += chunk.length;
      if (this.started) return this.feed(chunk);
      const start = this.start ? Buffer.concat([this.start, chunk.subarray(0, START)]) : chunk;
      if (start.length < START) {
        this.start = Buffer.from(start);
        return;
      }
      if (start === chunk) return this.begin(chunk);
      const rest = chunk.subarray(Math.min(START, chunk.length));
      return inTurn(this.begin(start), () => this.feed(rest));
    });
  }

  end(): ScannedPart10 | Promise<ScannedPart10> {
    return this.guarded(() => {
      if (this.size === 0) throw new DicomParseError('not-dicom', 'The file is empty', 0);
      const begun = this.started ? undefined : this.begin(this.start ?? Buffer.alloc(0));
      return inTurn(inTurn(begun, () => this.endInflating()), () => {
        this.scanner.finish();
        return this.soFar();
      });
    }, () => (this.ended = true));
  }

  /** Frees what a deflated data set holds, when the rest of the file will not come. */
  destroy(): void {
    this.failure ??= new Error('The scan was given up.');
    this.inflater?.destroy();
  }

  /** Skips the preamble (PS3.10 §7.1). Some writers leave it out, or the prefix too. */
  private begin(start: Buffer): void | Promise<void> {
    this.started = true;
    this.start = undefined;
    this.hasPreamble = start.toString('latin1', PREAMBLE, START) === PREFIX;
    const skipped = this.hasPreamble ? START : start.toString('latin1', 0, PREFIX.length) === PREFIX ? PREFIX.length : 0;
    this.scanner.offset = skipped;
    return this.feed(start.subarray(skipped));
  }

  private feed(bytes: Buffer): void | Promise<void> {
    if (this.inflater) return this.inflater.write(bytes);
    const at = this.scanner.consume(bytes);
    if (this.scanner.deflatedBegins) return this.beginInflating(bytes.subarray(at));
  }

  private beginInflating(rest: Buffer): Promise<void> {
    const taken = this.scanner.beginInflated();
    this.inflater = new DataSetInflater(this.scanner.offset, this.limits.inflatedBytes, (bytes) => void this.scanner.consume(bytes));
    return this.inflater.write(taken.length === 0 ? rest : Buffer.concat([taken, rest]));
  }

  private endInflating(): void | Promise<void> {
    if (!this.inflater && this.scanner.expectsDeflated()) return this.beginInflating(Buffer.alloc(0)).then(() => this.inflater?.end());
    return this.inflater?.end();
  }

  /** What has passed up to now: all of it is right once `pixelDataBegun`, but for the Pixel Data. */
  soFar(): ScannedPart10 {
    const { scanner } = this;
    return {
      size: this.size,
      hasPreamble: this.hasPreamble,
      hasFileMeta: scanner.meta.present,
      transferSyntaxUid: scanner.meta.transferSyntaxUid,
      explicitVr: scanner.dataSetEncoding.explicitVr,
      littleEndian: scanner.dataSetEncoding.littleEndian,
      deflated: this.inflater !== undefined,
      elements: scanner.columns,
      kept: scanner.kept.view(),
      pixelData: scanner.pixelData,
      fragments: scanner.fragments.fragments,
      fragmentEdges: scanner.fragments.edges,
      icons: scanner.icons,
      basicOffsetTable: scanner.fragments.basicOffsetTable,
    };
  }

  /** Remembers the first failure of a step, synchronous or not. */
  private guarded<T>(step: () => T | Promise<T>, first?: () => void): T | Promise<T> {
    if (this.failure !== undefined) throw this.failure;
    if (this.ended) throw new Error('This scanner has ended: a scanner reads one file.');
    first?.();
    const fail = (reason: unknown): never => {
      this.failure = reason;
      throw reason;
    };
    try {
      const outcome = step();
      return outcome instanceof Promise ? outcome.catch(fail) : outcome;
    } catch (reason) {
      return fail(reason);
    }
  }
}

/** Does `next` at once, or when the promise has settled. */
function inTurn<T>(before: void | Promise<void>, next: () => T | Promise<T>): T | Promise<T> {
  return before instanceof Promise ? before.then(next) : next();
}
