import type { ServiceTls } from '@isocenter/service-process';
import { Agent, request as httpRequest, type ClientRequest, type RequestOptions } from 'node:http';
import { Agent as TlsAgent, request as httpsRequest } from 'node:https';

/** Connections that are kept for the next request. */
const KEPT_SOCKETS = 64;
/** Requests in flight at one replica, each with its connection; above, it is skipped. */
const MOST_IN_FLIGHT = 1_024;
/** A replica that could not be reached is asked last for so long. */
const AVOIDED_MS = 2_000;

/** One address of a service, with its connections. Behind the name of a cluster it may stand for several processes. */
export class Replica {
  inFlight = 0;
  /** Ends an answer that would never end by itself: its client comes back, to another gateway. */
  readonly streams = new Set<() => void>();
  private avoidedUntil = 0;
  private readonly agent: Agent;
  private readonly freshAgent: Agent;
  private readonly address: RequestOptions;
  private readonly send: typeof httpRequest;

  constructor(url: string, tls: ServiceTls | undefined) {
    const { protocol, hostname, port } = new URL(url);
    const secure = protocol === 'https:';
    const make = (keepAlive: boolean): Agent => (secure ? new TlsAgent({ ...tls, keepAlive, maxFreeSockets: KEPT_SOCKETS }) : new Agent({ keepAlive, maxFreeSockets: KEPT_SOCKETS }));
    this.agent = make(true);
    this.freshAgent = make(false);
    this.send = secure ? httpsRequest : httpRequest;
    this.address = { hostname: hostname.replace(/^\[|\]$/g, ''), ...(port !== '' && { port }) };
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

  /** `fresh`: on a connection that no request has used, for what cannot be repeated when a kept one proves dead. */
  request(options: RequestOptions, fresh = false): ClientRequest {
    return this.send({ ...this.address, ...options, agent: fresh ? this.freshAgent : this.agent });
  }

  close(): void {
    this.agent.destroy();
    this.freshAgent.destroy();
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
