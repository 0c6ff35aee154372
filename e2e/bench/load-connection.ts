import { connect, type Socket } from 'node:net';

export interface Received {
  readonly status: number;
  /** Of the body as it came over the wire, transfer coding removed. */
  readonly bytes: number;
}

type State = 'head' | 'counted' | 'chunk-size' | 'chunk' | 'chunk-end' | 'trailer' | 'until-close';

const receiveBuffer = 256 * 1024;
const cr = 13;
const lf = 10;

/**
 * One HTTP/1.1 connection that sends bytes as they are given and counts what comes back. It makes no object per chunk and
 * reads into one buffer: on a machine that the servers share, what the client costs is taken from them.
 */
export class LoadConnection {
  #socket: Socket | undefined;
  #state: State = 'head';
  #head = '';
  #status = 0;
  #closes = false;
  #left = 0;
  #line = '';
  #bytes = 0;
  #excess: Error | undefined;
  #settle: { resolve: (received: Received) => void; reject: (error: Error) => void } | undefined;

  constructor(private readonly port: number) {}

  /** The next only after this one has settled. */
  request(pieces: readonly Buffer[]): Promise<Received> {
    if (this.#excess) return Promise.reject(this.#excess);
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#state = 'head';
      this.#head = '';
      this.#bytes = 0;
      const socket = (this.#socket ??= this.#open());
      socket.cork();
      for (const piece of pieces) socket.write(piece);
      socket.uncork();
    });
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
  }

  #open(): Socket {
    const buffer = Buffer.allocUnsafe(receiveBuffer);
    const socket = connect({
      host: '127.0.0.1', port: this.port, noDelay: true,
      onread: { buffer, callback: (count, into) => {
        this.#receive(into as Buffer, count);
        return true;
      } },
    });
    socket.on('error', (error) => this.#fail(socket, error));
    socket.on('close', () => this.#closed(socket));
    return socket;
  }

  #receive(buffer: Buffer, count: number): void {
    let at = 0;
    while (at < count) at = this.#state === 'head' ? this.#readHead(buffer, at, count) : this.#readBody(buffer, at, count);
  }

  #readHead(buffer: Buffer, at: number, count: number): number {
    if (!this.#settle) {
      // It would be taken for the head of the next answer, and that one for a body without end.
      this.#excess = new Error(`The server sent more than its answer: ${JSON.stringify(buffer.toString('latin1', at, Math.min(count, at + 100)))}`);
      this.close();
      return count;
    }
    const before = this.#head.length;
    this.#head += buffer.toString('latin1', at, count);
    const end = this.#head.indexOf('\r\n\r\n', Math.max(0, before - 3));
    if (end < 0) return count;
    const head = this.#head.slice(0, end);
    const next = at + end + 4 - before;
    this.#status = Number(head.slice(9, 12));
    if (this.#status === 100) {
      this.#head = '';
      return next;
    }
    this.#closes = /\r\nconnection: *close/i.test(head);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (/\r\ntransfer-encoding: *chunked/i.test(head)) {
      this.#line = '';
      this.#state = 'chunk-size';
    } else if (length !== undefined || this.#status === 204 || this.#status === 304) {
      this.#left = Number(length ?? 0);
      this.#state = 'counted';
      if (this.#left === 0) this.#finish();
    } else this.#state = 'until-close';
    return next;
  }

  #readBody(buffer: Buffer, at: number, count: number): number {
    switch (this.#state) {
      case 'counted':
      case 'chunk': {
        const taken = Math.min(this.#left, count - at);
        this.#left -= taken;
        this.#bytes += taken;
        if (this.#left === 0) {
          if (this.#state === 'chunk') this.#state = 'chunk-end';
          else this.#finish();
        }
        return at + taken;
      }
      case 'until-close':
        this.#bytes += count - at;
        return count;
      default:
        return this.#readLine(buffer, at, count);
    }
  }

  /** The lines of the chunked coding: RFC 9112 section 7.1. */
  #readLine(buffer: Buffer, at: number, count: number): number {
    const byte = buffer[at] ?? 0;
    if (byte !== lf) {
      if (byte !== cr) this.#line += String.fromCharCode(byte);
      return Math.min(at + 1, count);
    }
    const line = this.#line;
    this.#line = '';
    if (this.#state === 'chunk-end') this.#state = 'chunk-size';
    else if (this.#state === 'chunk-size') {
      this.#left = Number.parseInt(line, 16);
      this.#state = this.#left === 0 ? 'trailer' : 'chunk';
    } else if (line === '') this.#finish();
    return at + 1;
  }

  #finish(): void {
    const settle = this.#settle;
    this.#settle = undefined;
    this.#state = 'head';
    this.#head = '';
    if (this.#closes) this.close();
    settle?.resolve({ status: this.#status, bytes: this.#bytes });
  }

  #closed(socket: Socket): void {
    if (this.#socket === socket) this.#socket = undefined;
    if (this.#state === 'until-close') this.#finish();
    else this.#fail(socket, new Error('The server closed the connection before its answer was complete.'));
  }

  #fail(socket: Socket, error: Error): void {
    if (this.#socket === socket) this.#socket = undefined;
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.reject(error);
  }
}
