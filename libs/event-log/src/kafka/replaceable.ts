import { within } from './within.js';

interface Connectable {
  connect(): Promise<void>;
  disconnect(): Promise<void>;
}

interface Lease<Client> {
  readonly client: Client;
  readonly connected: Promise<void>;
  calls: number;
  ending: boolean;
}

/**
 * A client of kafkajs that is given up after its first failure: the next call gets a new one. kafkajs connects again by
 * itself whatever was disconnected (issue 1438), so the old one is disconnected when its last call has ended.
 */
export class Replaceable<Client extends Connectable> {
  private current: Lease<Client> | undefined;
  private readonly leases = new Set<Lease<Client>>();
  private ended: (() => void) | undefined;

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
      if (this.current === lease) this.current = undefined;
      this.endUnused(lease);
      throw error;
    }
  }

  /** Waits for what is under way, also where nobody else does any more; not longer than the deadline. */
  async close(): Promise<void> {
    const { current } = this;
    this.current = undefined;
    if (current) this.endUnused(current);
    const allEnded = async (): Promise<void> => {
      while (this.leases.size > 0) await new Promise<void>((resolve) => (this.ended = resolve));
    };
    await within(this.deadlineMs, 'Disconnecting', allEnded()).catch(() => undefined);
  }

  private begin(): Lease<Client> {
    const client = this.create();
    const lease = { client, connected: client.connect(), calls: 0, ending: false };
    this.leases.add(lease);
    return lease;
  }

  private endUnused(lease: Lease<Client>): void {
    if (this.current === lease || lease.calls > 0 || lease.ending) return;
    lease.ending = true;
    void lease.client.disconnect().catch(() => undefined).then(() => {
      this.leases.delete(lease);
      this.ended?.();
    });
  }
}
