import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { mongoUrl } from './mongo-under-test.js';

/** A way to the server that can be cut off, or lose answers. */
export class CutOff {
  private readonly pairs = new Set<readonly [Socket, Socket]>();
  private state: 'open' | 'closed' | 'silent' = 'open';
  /** Names of commands of which the next one is done by the server, and its answer is lost with the connection. */
  private readonly lost: string[] = [];
  /** Of which the next one never reaches the server: the connection breaks before. */
  private readonly stopped: string[] = [];
  private readonly server = createServer((client) => this.join(client));

  static async start(): Promise<CutOff> {
    const way = new CutOff();
    way.server.listen(0, '127.0.0.1');
    await once(way.server, 'listening');
    return way;
  }

  /** Of the server by this way; `directConnection`, since the members of the replica set say where they are. */
  get url(): string {
    return `mongodb://127.0.0.1:${(this.server.address() as AddressInfo).port}/?directConnection=true`;
  }

  /** Connections break, and new ones do too. */
  close(): void {
    this.state = 'closed';
    this.breakAll();
  }

  /** Connections stay, and nothing comes through. */
  silence(): void {
    this.state = 'silent';
  }

  open(): void {
    this.state = 'open';
    this.breakAll();
  }

  loseAnswerOf(command: string): void {
    this.lost.push(command);
  }

  loseRequest(command: string): void {
    this.stopped.push(command);
  }

  get lostAll(): boolean {
    return this.lost.length + this.stopped.length === 0;
  }

  async stop(): Promise<void> {
    this.breakAll();
    this.server.close();
    await once(this.server, 'close');
  }

  private breakAll(): void {
    for (const [client, server] of this.pairs) {
      client.destroy();
      server.destroy();
    }
    this.pairs.clear();
  }

  private join(client: Socket): void {
    if (this.state === 'closed') {
      client.destroy();
      return;
    }
    const [, host, port] = /^mongodb:\/\/(?:[^@/]*@)?([^:/,]+):(\d+)/.exec(mongoUrl())!;
    const server = connect(Number(port), host);
    const pair = [client, server] as const;
    this.pairs.add(pair);
    let loses = false;
    client.on('data', (bytes: Buffer) => {
      if (this.state === 'silent') return;
      if (takeNamed(this.stopped, bytes)) {
        client.destroy();
        return;
      }
      loses ||= takeNamed(this.lost, bytes);
      server.write(bytes);
    });
    server.on('data', (bytes: Buffer) => {
      if (this.state === 'silent') return;
      if (loses) client.destroy();
      else client.write(bytes);
    });
    for (const [here, there] of [[client, server], [server, client]] as const) {
      here.on('error', () => undefined);
      here.on('close', () => {
        there.destroy();
        this.pairs.delete(pair);
      });
    }
  }
}

/** Takes out the first of the commands that stands in the bytes; whether there was one. */
function takeNamed(commands: string[], bytes: Buffer): boolean {
  const at = commands.findIndex((command) => bytes.includes(`${command}\0`));
  if (at >= 0) commands.splice(at, 1);
  return at >= 0;
}
