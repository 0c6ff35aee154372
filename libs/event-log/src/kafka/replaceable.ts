import { within } from './within.js';

interface Connectable {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
}

interface Lease<Client> {
  readonly client: Client;
  readonly connected: Promise<void>;
  calls: number;
}

/**
 * A client of kafkajs that is given up after its first failure: the next call gets a new one. kafkajs connects again by
 * itself whatever was disconnected (issue 1438), so the old one is disconnected when its last call has ended.
 */
export class Replaceable<Client extends Connectable> {
  private current: Lease<Client> | undefined;

  constructor(private readonly create: () => Client, private readonly deadlineMs: number) {}

  /** Rejects at the deadline; what was asked may be done all the same. */
  async use<T>(what: string, call: (client: Client) => Promise<T>): Promise<T> {
    const lease = (this.current ??= this.begin());
    lease.calls += 1;
    const done = lease.connected.then(() => call(lease.client)).finally(() => {
      lease.calls -= 1;
      this.endUnused(lease);
    });
    try {
      return await within(this.deadlineMs, what, done);
    } catch (error) {
      this.giveUp(lease);
      throw error;
    }
  }

  async close(): Promise<void> {
    const lease = this.current;
    this.current = undefined;
    if (lease) await within(this.deadlineMs, 'Disconnecting', lease.client.disconnect()).catch(() => undefined);
  }

  private begin(): Lease<Client> {
    const client = this.create();
    return { client, connected: client.connect(), calls: 0 };
  }

  private giveUp(lease: Lease<Client>): void {
    if (this.current === lease) this.current = undefined;
    this.endUnused(lease);
  }

  private endUnused(lease: Lease<Client>): void {
    if (this.current === lease || lease.calls > 0) return;
    // Nobody waits for a client that nobody uses.
    lease.client.disconnect().catch(() => undefined);
  }
}
