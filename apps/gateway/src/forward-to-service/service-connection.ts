import type { ServiceTls } from '@isocenter/service-process';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

export interface ServiceAddress {
  readonly hostname: string;
  readonly port: number;
  /** Given, the connection is TLS and shows this. */
  readonly tls: ServiceTls | undefined;
  readonly secure: boolean;
}

/** Who uses a connection now. */
export interface ConnectionUser {
  onConnected(): void;
  onBytes(bytes: Buffer): void;
  /** It cannot be used any more; called once. */
  onLost(error: Error): void;
}

/** What one read takes at most, and the memory of each connection. */
const READ_BYTES = 256 * 1024;
/** A kept connection that nobody used for so long is closed, before the service does it. */
const KEPT_MS = 30_000;
/** Nothing in either direction for so long: longer than the gateway gives its clients. */
const IDLE_MS = 330_000;

/**
 * A connection to a service, which carries one request after the other. It reads into memory of its own, again and again:
 * the bodies of answers are most of what an archive sends, and Node's HTTP client would copy each piece into new memory,
 * which costs more than all else that a gateway does (docs/adr/0006-answers-of-services.md).
 */
export class ServiceConnection {
  readonly socket: Socket;
  /** Whether it carried a request before: then the service may have closed it, and nobody knows yet. */
  used = false;
  private connected = false;
  private user: ConnectionUser | undefined;
  private memory = Buffer.allocUnsafeSlow(READ_BYTES);
  private problem: Error | undefined;

  constructor({ hostname: host, port, tls, secure }: ServiceAddress, onClosed: (connection: ServiceConnection) => void) {
    const common = { host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: 1_000 };
    // TLS decrypts into memory of its own.
    this.socket = secure ? connectTls({ ...common, ...tls, ...(isIP(host) === 0 && { servername: host }) }) : connect({ ...common, onread: { buffer: () => this.memory, callback: (count, bytes) => this.onRead(bytes as Buffer, count) } });
    if (secure) this.socket.on('data', (bytes: Buffer) => this.onRead(bytes, bytes.length));
    this.socket.once(secure ? 'secureConnect' : 'connect', () => {
      this.connected = true;
      this.user?.onConnected();
    });
    this.socket.on('error', (error) => (this.problem = error));
    this.socket.on('timeout', () => this.socket.destroy(new Error(this.user ? `Nothing was sent in either direction for ${IDLE_MS} ms.` : 'It was not used.')));
    this.socket.on('end', () => this.socket.destroy());
    this.socket.on('close', () => {
      onClosed(this);
      const { user } = this;
      this.user = undefined;
      user?.onLost(this.problem ?? new Error('The service closed the connection.'));
    });
  }

  /** Gives the connection to a user, until `release` or the end of the connection. */
  use(user: ConnectionUser): void {
    this.user = user;
    this.socket.setTimeout(IDLE_MS);
    if (this.connected) user.onConnected();
  }

  /** Between two requests: nobody reads, and nothing may come. */
  release(): void {
    this.user = undefined;
    this.used = true;
    this.socket.setTimeout(KEPT_MS);
  }

  /** The bytes of the last read belong to somebody else from now on. */
  giveMemoryAway(): void {
    this.memory = Buffer.allocUnsafeSlow(READ_BYTES);
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  destroy(error?: Error): void {
    this.socket.destroy(error);
  }

  private onRead(bytes: Buffer, count: number): boolean {
    if (this.user) this.user.onBytes(count === bytes.length ? bytes : bytes.subarray(0, count));
    else this.destroy();
    return !this.socket.isPaused();
  }
}
