import { createInflateRaw } from 'node:zlib';
import { DicomParseError } from './dicom-parse-error.js';

interface Waiting {
  resolve(): void;
  reject(reason: unknown): void;
}

/**
 * Inflates a deflated data set (PS3.5 §A.5) piece by piece. Node has no synchronous inflate that can be continued, so writing
 * is asynchronous: a write settles when zlib has taken its chunk and `sink` nearly all that came out of it; at most the
 * stream's own buffer is held, whatever the ratio.
 */
export class DataSetInflater {
  private readonly stream = createInflateRaw({ chunkSize: 65_536 });
  private readonly startOffset: number;
  private inflated = 0;
  private ended = false;
  private failure: Error | undefined;
  private waiting: Waiting | undefined;

  /** @param startOffset offset at which the data set begins @param limit bytes that may come out @param sink gets them; what it throws ends the stream */
  constructor(startOffset: number, limit: number, sink: (bytes: Buffer) => void) {
    this.startOffset = startOffset;
    this.stream.on('data', (bytes: Buffer) => {
      if (this.failure) return;
      this.inflated += bytes.length;
      try {
        if (this.inflated > limit) throw new DicomParseError('limit-exceeded', `The data set inflates to more than ${limit} bytes`, startOffset);
        sink(bytes);
      } catch (reason) {
        this.fail(reason as Error);
      }
    });
    this.stream.on('end', () => {
      this.ended = true;
      this.settle();
    });
    this.stream.on('error', (reason: NodeJS.ErrnoException) => this.fail(this.explain(reason)));
  }

  /** One at a time: wait for the promise before the next. Bytes behind the deflated stream are padding (PS3.5 §A.5) and ignored. */
  write(chunk: Buffer): Promise<void> {
    return this.whenSettled(() => this.stream.write(chunk, () => this.settle()));
  }

  /** Settles when all is inflated and has gone through `sink`. */
  end(): Promise<void> {
    return this.whenSettled(() => this.stream.end());
  }

  /** Releases zlib's memory when the upload breaks off. */
  destroy(): void {
    this.stream.destroy();
  }

  private whenSettled(start: () => void): Promise<void> {
    if (this.failure) return Promise.reject(this.failure);
    if (this.ended) return Promise.resolve();
    if (this.waiting) return Promise.reject(new Error('The chunk before is still being inflated: wait for its promise.'));
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      start();
    });
  }

  private settle(): void {
    const { waiting } = this;
    this.waiting = undefined;
    if (this.failure) waiting?.reject(this.failure);
    else waiting?.resolve();
  }

  private fail(reason: Error): void {
    this.failure ??= reason;
    this.stream.destroy();
    this.settle();
  }

  private explain(reason: NodeJS.ErrnoException): DicomParseError {
    return reason.code === 'Z_BUF_ERROR'
      ? new DicomParseError('truncated', 'The file ends inside the deflated data set', this.startOffset + this.inflated)
      : new DicomParseError('malformed', `The data set cannot be inflated as RFC 1951 says: ${reason.message}`, this.startOffset + this.inflated);
  }
}
