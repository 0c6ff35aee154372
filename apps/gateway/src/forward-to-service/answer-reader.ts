/** The service sent what is no answer of HTTP/1.1 with a length; the connection cannot be used any more. */
export class MalformedAnswer extends Error {
  override readonly name = 'MalformedAnswer';
}

export interface AnswerHead {
  readonly status: number;
  /** In their order, names in lower case. */
  readonly fields: readonly (readonly [name: string, value: string])[];
}

export interface AnswerListener {
  /** `100 Continue`: the service wants the body. */
  onContinue(): void;
  onHead(head: AnswerHead): void;
  /** A piece of the body, without the framing; a view of what was given to `take`. */
  onBody(bytes: Buffer): void;
  /** `reusable`: the connection may carry another request. */
  onEnd(reusable: boolean): void;
}

const MAX_HEAD_BYTES = 64 * 1024;
const HEAD_END = '\r\n\r\n';

/**
 * Reads one answer of HTTP/1.1 (RFC 9112) from the bytes of its connection, without copying the body. Of an answer that is
 * ended by the close of its connection nobody can tell whether it is whole, so there is none. `take` throws MalformedAnswer.
 */
export class AnswerReader {
  private state: 'head' | 'length' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailer' | 'done' = 'head';
  /** Of a head or line that has not arrived whole. */
  private begun = '';
  /** Bytes of the body, or of the chunk, that are to come. */
  private left = 0;
  private reusable = true;

  constructor(private readonly method: string, private readonly listener: AnswerListener) {}

  take(bytes: Buffer): void {
    for (let at = 0; at < bytes.length; ) at = this.step(bytes, at);
  }

  /** Reads what the state expects; returns where the next begins. */
  private step(bytes: Buffer, at: number): number {
    switch (this.state) {
      case 'head': return this.upTo(HEAD_END, bytes, at, (head) => this.readHead(head));
      case 'length':
      case 'chunk': return this.readBody(bytes, at);
      case 'chunk-size': return this.upTo('\r\n', bytes, at, (line) => this.readChunkSize(line));
      case 'chunk-end': return this.upTo('\r\n', bytes, at, () => (this.state = 'chunk-size'));
      case 'trailer': return this.upTo('\r\n', bytes, at, (line) => (line === '' ? this.end() : undefined));
      case 'done': throw new MalformedAnswer('More bytes came than the answer has.');
    }
  }

  /** Gives the text before the mark to `read`, when it is whole. */
  private upTo(mark: string, bytes: Buffer, at: number, read: (text: string) => void): number {
    let end = this.begun === '' ? bytes.indexOf(mark, at, 'latin1') : -1;
    if (end >= 0) {
      read(bytes.toString('latin1', at, end));
      return end + mark.length;
    }
    const before = this.begun.length;
    this.begun += bytes.toString('latin1', at, Math.min(bytes.length, at + MAX_HEAD_BYTES));
    end = this.begun.indexOf(mark);
    if (end < 0 && this.begun.length >= MAX_HEAD_BYTES) throw new MalformedAnswer('The head of the answer is too long.');
    if (end < 0) return bytes.length;
    const text = this.begun.slice(0, end);
    this.begun = '';
    read(text);
    return at + end + mark.length - before;
  }

  private readHead(text: string): void {
    const [start = '', ...lines] = text.split('\r\n');
    const [, minor, code] = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: |$)/.exec(start) ?? [];
    if (code === undefined) throw new MalformedAnswer('The answer does not begin with a status line of HTTP/1.1.');
    const status = Number(code);
    if (status === 100) return this.listener.onContinue();
    if (status < 200) return;
    const fields = lines.map((line) => {
      const colon = line.indexOf(':');
      if (colon < 1) throw new MalformedAnswer('A line of the answer\'s head is no field.');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
    });
    const valueOf = (wanted: string): string | undefined => fields.find(([name]) => name === wanted)?.[1];
    this.reusable = minor === '1' && valueOf('connection')?.toLowerCase() !== 'close';
    const ended = this.expectBody(status, valueOf('transfer-encoding'), valueOf('content-length'));
    this.listener.onHead({ status, fields });
    if (ended) this.end();
  }

  /** True when there is no body (RFC 9112 §6.3). */
  private expectBody(status: number, encoding: string | undefined, length: string | undefined): boolean {
    if (this.method === 'HEAD' || status === 204 || status === 304) return true;
    if (encoding?.toLowerCase() === 'chunked') {
      this.state = 'chunk-size';
      return false;
    }
    if (encoding !== undefined || length === undefined || !/^\d{1,15}$/.test(length)) throw new MalformedAnswer('The answer does not say where it ends.');
    this.state = 'length';
    this.left = Number(length);
    return this.left === 0;
  }

  private readChunkSize(line: string): void {
    const [, digits] = /^([0-9a-fA-F]{1,12})[ \t]*(?:;|$)/.exec(line) ?? [];
    if (digits === undefined) throw new MalformedAnswer('A chunk of the answer has no size.');
    this.left = parseInt(digits, 16);
    this.state = this.left > 0 ? 'chunk' : 'trailer';
  }

  private readBody(bytes: Buffer, at: number): number {
    const end = Math.min(bytes.length, at + this.left);
    this.left -= end - at;
    this.listener.onBody(at === 0 && end === bytes.length ? bytes : bytes.subarray(at, end));
    if (this.left > 0) return end;
    if (this.state === 'chunk') this.state = 'chunk-end';
    else this.end();
    return end;
  }

  private end(): void {
    this.state = 'done';
    this.listener.onEnd(this.reusable);
  }
}
