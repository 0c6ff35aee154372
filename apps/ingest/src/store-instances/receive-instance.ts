import { DicomParseError, Part10Scanner, type ScannedPart10 } from '@isocenter/dicom';
import { uuidv7 } from '@isocenter/commands';
import { isUid } from '@isocenter/http';
import { instanceKey, ObjectStoreError, type BudgetShare, type ByteBudget, type ObjectStore, type ObjectWriter } from '@isocenter/object-store';
import { createHash } from 'node:crypto';
import { FAILURE, rejected, type InstanceIds, type Rejected } from './store-outcome.js';

/** Bytes held while the UIDs that name the object have not passed: they stand at the beginning, but for big private groups. */
const HELD_STEP = 64 * 1024;
const MEDIA_STORAGE_SOP_CLASS = 0x00020002;
const STUDY = 0x0020000d;
const SERIES = 0x0020000e;
const SOP = 0x00080018;
const SOP_CLASS = 0x00080016;

/** An instance whose bytes have all come; its object is not committed yet. */
export interface Received {
  readonly kind: 'received';
  readonly ids: InstanceIds;
  readonly scanned: ScannedPart10;
  readonly version: string;
  readonly objectKey: string;
  readonly writer: ObjectWriter;
  readonly size: number;
  readonly sha256: string;
  /** (0002,0002), undefined when there is none. */
  readonly fileMetaSopClass: string | undefined;
  readonly share: BudgetShare;
}

/** The object store went away while the bytes came; nothing of them is kept. */
export interface Interrupted {
  readonly kind: 'interrupted';
  readonly ids: InstanceIds;
  readonly error: ObjectStoreError;
}

export interface ReceiveOptions {
  readonly partition: string;
  readonly objects: ObjectStore;
  readonly budget: ByteBudget;
  readonly maxHeaderBytes: number;
}

/**
 * One pass over the bytes of a part: scanned, hashed and written as they come, the preamble zeroed. Throws what the source
 * throws (the client is gone, the body is too large), and leaves nothing behind then.
 */
export async function receiveInstance(body: AsyncIterable<Buffer>, options: ReceiveOptions): Promise<Received | Rejected | Interrupted> {
  const scanner = new Part10Scanner({ headerBytes: options.maxHeaderBytes });
  const share = options.budget.share();
  const sink = new ObjectSink(options, scanner);
  let kept = false;
  try {
    for await (const chunk of body) {
      sink.take(chunk);
      await scanner.push(chunk);
      if (!share.grow(scanner.heldBytes + sink.heldBytes)) return rejected(FAILURE.processing, 'The server holds as many headers of uploads as it may at the moment; repeat the request later.', idsSoFar(scanner));
      await sink.flush();
    }
    const scanned = await scanner.end();
    const writer = await sink.finish();
    if (!writer) return rejected(FAILURE.validation, missingIds(scanner), idsSoFar(scanner));
    kept = true;
    return { kind: 'received', ids: idsSoFar(scanner), scanned, version: sink.version, objectKey: sink.key!, writer, size: sink.size, sha256: sink.hash.digest('hex'), fileMetaSopClass: scanner.passedText(MEDIA_STORAGE_SOP_CLASS), share };
  } catch (error) {
    if (error instanceof DicomParseError) return rejected(FAILURE.validation, error.message, idsSoFar(scanner));
    if (error instanceof ObjectStoreError) return { kind: 'interrupted', ids: idsSoFar(scanner), error };
    throw error;
  } finally {
    if (!kept) {
      scanner.destroy();
      await sink.abort();
      share.release();
    }
  }
}

function idsSoFar(scanner: Part10Scanner): InstanceIds {
  return { study: scanner.passedText(STUDY), series: scanner.passedText(SERIES), sop: scanner.passedText(SOP), sopClass: scanner.passedText(SOP_CLASS) };
}

function missingIds(scanner: Part10Scanner): string[] {
  const needed: [string, number][] = [['(0008,0018) SOPInstanceUID', SOP], ['(0020,000d) StudyInstanceUID', STUDY], ['(0020,000e) SeriesInstanceUID', SERIES]];
  return needed.flatMap(([name, tag]) => {
    const text = scanner.passedText(tag);
    if (text === undefined || text === '') return [`DICOM100: ${name} is required and has no value`];
    return isUid(text) ? [] : [`DICOM100: ${name} - Content "${text.slice(0, 80)}" is no UID: allowed are 1 to 64 letters, digits, '.' or '-'`];
  });
}

/** Holds the first bytes until the object can be named, then writes through. */
class ObjectSink {
  readonly version = uuidv7();
  readonly hash = createHash('sha256');
  key: string | undefined;
  size = 0;
  private held: Buffer[] = [];
  heldBytes = 0;
  private looksAt = 0;
  private writer: ObjectWriter | undefined;

  constructor(private readonly options: ReceiveOptions, private readonly scanner: Part10Scanner) {}

  take(chunk: Buffer): void {
    this.held.push(chunk);
    this.heldBytes += chunk.length;
  }

  /** Writes what is held as soon as the UIDs have passed. */
  async flush(): Promise<void> {
    if (!this.writer) {
      if (this.heldBytes < this.looksAt) return;
      this.looksAt = this.heldBytes + HELD_STEP;
      await this.open();
      if (!this.writer) return;
    }
    const chunks = this.held;
    this.held = [];
    this.heldBytes = 0;
    for (const chunk of chunks) {
      this.hash.update(chunk);
      this.size += chunk.length;
      // The scanner holds nothing of a chunk, and nobody else has seen it.
      const pressure = this.writer.write(chunk, true);
      if (pressure) await pressure;
    }
  }

  /** The writer with all bytes; undefined when the file does not say who it is. */
  async finish(): Promise<ObjectWriter | undefined> {
    this.looksAt = 0;
    await this.flush();
    return this.writer;
  }

  async abort(): Promise<void> {
    await this.writer?.abort();
  }

  private async open(): Promise<void> {
    const [study, series, sop] = [STUDY, SERIES, SOP].map((tag) => this.scanner.passedText(tag)) as [string?, string?, string?];
    if (study === undefined || series === undefined || sop === undefined || !isUid(study) || !isUid(series) || !isUid(sop)) return;
    this.zeroPreamble();
    this.key = instanceKey({ partition: this.options.partition, studyInstanceUid: study, seriesInstanceUid: series, sopInstanceUid: sop }, this.version);
    this.writer = await this.options.objects.openWriter(this.key);
  }

  /** Whatever stands there may be a program (conformance page, "Preamble Sanitization"). The UIDs passed, so the first 132 bytes are held. */
  private zeroPreamble(): void {
    const start = Buffer.concat(this.held.length === 1 || this.held[0]!.length >= 132 ? [this.held[0]!.subarray(0, 132)] : this.held).subarray(0, 132);
    if (start.toString('latin1', 128, 132) !== 'DICM') return;
    let left = 128;
    for (const chunk of this.held) {
      chunk.fill(0, 0, Math.min(left, chunk.length));
      left -= Math.min(left, chunk.length);
    }
  }
}
