import type { ServiceTls } from '@isocenter/service-process';
import { ServiceConnection, type ServiceAddress } from './service-connection.js';

/** Connections that are kept for the next request. */
const KEPT = 64;
/** Requests in flight at one replica, each with its connection; above, it is skipped. */
const MOST_IN_FLIGHT = 1_024;
/** A replica that could not be reached is asked last for so long. */
const AVOIDED_MS = 2_000;

/** One address of a service, with its connections. Behind the name of a cluster it may stand for several processes. */
export class Replica {
  inFlight = 0;
  /** Each ends an answer that would never end by itself: its client comes back, to another gateway. */
  readonly streams = new Set<() => void>();
  readonly address: ServiceAddress;
  readonly host: string;
  private readonly kept: ServiceConnection[] = [];
  private avoidedUntil = 0;
  private closed = false;

  constructor(url: string, tls: ServiceTls | undefined) {
    const { protocol, hostname, port, host } = new URL(url);
    const secure = protocol === 'https:';
    this.host = host;
    this.address = { hostname: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? (secure ? 443 : 80) : Number(port), tls, secure };
  }

  get avoided(): boolean {
    return Date.now() < this.avoidedUntil;
  }

  get full(): boolean {
    return this.inFlight >= MOST_IN_FLIGHT;
  }

  avoid(): void {
    this.avoidedUntil = Date.now() + AVOIDED_MS;
  }

  /** `fresh`: one that no request has used, for what cannot be repeated when a kept one proves dead. */
  connect(fresh: boolean): ServiceConnection {
    const kept = fresh ? undefined : this.kept.pop();
    return kept ?? new ServiceConnection(this.address, (closed) => this.forget(closed));
  }

  /** For the next request, the one that was used last first. */
  keep(connection: ServiceConnection): void {
    if (this.closed || this.kept.length >= KEPT) return connection.destroy();
    connection.release();
    this.kept.push(connection);
  }

  close(): void {
    this.closed = true;
    for (const connection of [...this.kept]) connection.destroy();
  }

  private forget(connection: ServiceConnection): void {
    const at = this.kept.indexOf(connection);
    if (at >= 0) this.kept.splice(at, 1);
  }
}

/** The replicas of a service, each in its turn. */
export class Replicas {
  private readonly all: readonly Replica[];
  private turn = 0;

  constructor(urls: readonly string[], tls: ServiceTls | undefined) {
    this.all = urls.map((url) => new Replica(url, tls));
  }

  /** In the order in which a request tries them: those that were away a moment ago last. */
  inTurn(): readonly Replica[] {
    const { all } = this;
    // One address may be the name of many processes: at the second try it may be another one.
    if (all.length === 1) return [all[0]!, all[0]!];
    const first = this.turn++ % all.length;
    const order = [...all.slice(first), ...all.slice(0, first)];
    return [...order.filter((replica) => !replica.avoided), ...order.filter((replica) => replica.avoided)];
  }

  /** Ends live streams, so that the gateway can stop when its other requests have ended. */
  endStreams(): void {
    for (const { streams } of this.all) for (const end of streams) end();
  }

  close(): void {
    for (const replica of this.all) replica.close();
  }
}
