import { ByteSource } from './byte-source.js';
import { CR, delimiterOf, findDelimiter, LF } from './find-delimiter.js';
import { MalformedMultipart, PartHeaderTooLarge, TooManyParts, TruncatedMultipart } from './multipart-errors.js';
import { parsePartHeader } from './parse-part-header.js';

/** One part of a multipart body. */
export interface Part {
  /** Counted from 0. */
  readonly index: number;
  /** By lower-case name. */
  readonly headers: ReadonlyMap<string, string>;
  /** As the part says, else the standard type of the options. */
  readonly contentType: string | undefined;
  /** To be read once, before the next part is asked for; what is left then is skipped. */
  readonly body: AsyncIterable<Buffer>;
}

export interface ReadPartsOptions {
  readonly boundary: string;
  /** Content-Type of parts that have none: the `type` parameter of the multipart. */
  readonly standardType?: string;
  readonly maxParts?: number;
  /** Bytes of the whole body. */
  readonly maxBytes?: number;
}

const maxHeaderBytes = 16 * 1024;
const maxPreambleBytes = 64 * 1024;

/**
 * Reads a multipart body as it arrives, without holding or copying it: bodies are views of the source's own chunks, and
 * the source is read only as fast as they are taken. A source that is a Readable is never destroyed. Throws
 * `MalformedMultipart` and its kinds, `TooManyParts`, `BodyTooLarge`, and whatever the source throws.
 */
export async function* readParts(source: AsyncIterable<Buffer>, options: ReadPartsOptions): AsyncGenerator<Part, void, void> {
  const bytes = new ByteSource(source, options.maxBytes ?? Number.MAX_SAFE_INTEGER);
  const needle = delimiterOf(options.boundary);
  try {
    let more = await skipPreamble(bytes, needle);
    for (let index = 0; more; index += 1) {
      if (index >= (options.maxParts ?? Number.MAX_SAFE_INTEGER)) throw new TooManyParts(options.maxParts ?? 0);
      const headers = await readHeader(bytes, needle, index);
      const body = new PartBody(bytes, needle, index);
      yield { index, headers, contentType: headers.get('content-type') ?? options.standardType, body };
      more = await body.skip();
    }
    await skipEpilogue(bytes);
  } finally {
    await bytes.close();
  }
}

/** Leaves the window at the line feed that ends the first delimiter line. Returns whether there is a part. */
async function skipPreamble(bytes: ByteSource, needle: Buffer): Promise<boolean> {
  await bytes.fill();
  if (bytes.ended) return false;
  // The first delimiter may be the very first bytes: then the line feed that begins all others is missing.
  bytes.window = Buffer.concat([Buffer.of(LF), bytes.window]);
  for (let skipped = 0; ; ) {
    const found = findDelimiter(bytes.window, needle);
    if (found.kind !== 'none') return endDelimiterLine(bytes, found.kind, found.after, 0);
    bytes.consume(found.at);
    skipped += found.at;
    if (bytes.ended || skipped > maxPreambleBytes) throw new MalformedMultipart('The multipart body does not begin with the boundary that its Content-Type names.');
    await bytes.fill();
  }
}

/** Consumes the delimiter and the blanks behind it, up to the line feed, which stays: an empty part's next delimiter begins with it. */
async function endDelimiterLine(bytes: ByteSource, kind: 'delimiter' | 'closing', after: number, index: number): Promise<boolean> {
  bytes.consume(after);
  if (kind === 'closing') return false;
  for (;;) {
    const end = bytes.window.findIndex((byte) => byte !== 0x20 && byte !== 0x09 && byte !== CR);
    if (end >= 0) {
      if (bytes.window[end] !== LF) throw new MalformedMultipart(`The boundary line before part ${index + 1} has text behind the boundary.`);
      bytes.consume(end);
      return true;
    }
    bytes.consume(bytes.window.length);
    if (bytes.ended) throw new TruncatedMultipart(index);
    await bytes.fill();
  }
}

/** Reads up to the empty line and leaves the window at its line feed. */
async function readHeader(bytes: ByteSource, needle: Buffer, index: number): Promise<ReadonlyMap<string, string>> {
  for (;;) {
    const window = bytes.window.subarray(0, maxHeaderBytes + needle.length);
    const end = endOfHeader(window, needle);
    if (end !== undefined) {
      const headers = parsePartHeader(window.subarray(1, Math.max(1, end.fields)));
      bytes.consume(end.rest);
      return headers;
    }
    if (window.length >= maxHeaderBytes) throw new PartHeaderTooLarge(index, maxHeaderBytes);
    if (bytes.ended) throw new TruncatedMultipart(index);
    await bytes.fill();
  }
}

/** The window begins at the line feed before the first field, so that an absent header ends like any other. */
function endOfHeader(window: Buffer, needle: Buffer): { readonly fields: number; readonly rest: number } | undefined {
  const crlf = window.indexOf('\n\r\n');
  const bare = window.indexOf('\n\n');
  const blank = crlf >= 0 && (bare < 0 || crlf < bare) ? { fields: crlf, rest: crlf + 2 } : { fields: bare, rest: bare + 1 };
  // A part that has neither empty line nor body: the delimiter comes first.
  const delimiter = (blank.fields < 0 ? window : window.subarray(0, blank.fields)).indexOf(needle);
  if (delimiter >= 0) return { fields: delimiter, rest: delimiter };
  return blank.fields < 0 ? undefined : blank;
}

/** The bytes of one part. `break` out of the loop leaves the rest to be skipped. */
class PartBody implements AsyncIterable<Buffer>, AsyncIterator<Buffer, undefined> {
  /** First byte of the window that is the part's: behind the line feed of the empty line, as long as that is in the window. */
  private begin = 1;
  private state: 'open' | 'more' | 'last' = 'open';

  constructor(private readonly bytes: ByteSource, private readonly needle: Buffer, private readonly index: number) {}

  [Symbol.asyncIterator](): AsyncIterator<Buffer, undefined> {
    return this;
  }

  async next(): Promise<IteratorResult<Buffer, undefined>> {
    while (this.state === 'open') {
      const chunk = await this.take();
      if (chunk.length > 0) return { done: false, value: chunk };
    }
    return { done: true, value: undefined };
  }

  /** Reads to the end of the part. Returns whether another one follows. */
  async skip(): Promise<boolean> {
    while (this.state === 'open') await this.take();
    return this.state === 'more';
  }

  /** The next bytes, none when more must arrive first, and the last ones together with the delimiter. */
  private async take(): Promise<Buffer> {
    const { bytes, begin } = this;
    const { window } = bytes;
    const found = findDelimiter(window, this.needle);
    // The carriage return before the line feed of a delimiter, or of what may become one, is not the part's.
    const end = Math.max(begin, window[found.at - 1] === CR ? found.at - 1 : found.at);
    const chunk = window.subarray(begin, end);
    if (found.kind !== 'none') {
      this.state = (await endDelimiterLine(bytes, found.kind, found.after, this.index + 1)) ? 'more' : 'last';
    } else if (chunk.length > 0) {
      bytes.consume(end);
      this.begin = 0;
    } else {
      if (bytes.ended) throw new TruncatedMultipart(this.index);
      await bytes.fill();
    }
    return chunk;
  }
}

/** Nothing behind the closing delimiter counts, but a connection is usable again only when the body is read. */
async function skipEpilogue(bytes: ByteSource): Promise<void> {
  for (let skipped = 0; !bytes.ended && skipped <= maxPreambleBytes; ) {
    skipped += bytes.window.length;
    bytes.consume(bytes.window.length);
    await bytes.fill();
  }
}
