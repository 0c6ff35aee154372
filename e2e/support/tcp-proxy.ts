import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { PassThrough, type Transform } from 'node:stream';
import { splitMessages, type Wire } from './message-wires.js';

export interface TcpProxy {
  readonly port: number;
  /** Answers that were lost up to now. */
  readonly lost: number;
  /** Ends all connections, and every new one at once. */
  cut(): void;
  restore(): void;
  /** The connection breaks when such a request has reached the server and been carried out, before a byte of its answer is handed on. */
  loseAnswers(of: (request: string) => boolean): void;
  keepAnswers(): void;
  close(): Promise<void>;
}

const none = (): boolean => false;

/**
 * Passes the bytes of every connection on to a server, until it is cut: the server is away then, to who comes this way. With
 * the wire that it knows the messages by it can lose answers.
 */
export async function startTcpProxy(server: { readonly host: string; readonly port: number }, wire?: Wire): Promise<TcpProxy> {
  const open = new Set<Socket>();
  let isCut = false;
  let lost = 0;
  let isLost: (request: string) => boolean = none;

  const join = (from: Socket, to: Socket, watch: Transform): void => {
    open.add(from);
    from.pipe(watch).pipe(to);
    from.on('error', () => to.destroy()).on('close', () => {
      open.delete(from);
      to.destroy();
    });
  };
  const watchers = ({ toRequest, toAnswer }: Wire, end: () => void): readonly [Transform, Transform] => {
    const doomed = new Set<number>();
    const onRequest = (head: Buffer): boolean => {
      const { id, name } = toRequest(head);
      if (isLost(name)) doomed.add(id);
      return true;
    };
    const onAnswer = (head: Buffer): boolean => {
      if (!doomed.has(toAnswer(head))) return true;
      lost += 1;
      end();
      return false;
    };
    return [splitMessages(wire!, onRequest), splitMessages(wire!, onAnswer)];
  };

  const proxy = createServer((client) => {
    if (isCut) {
      client.destroy();
      return;
    }
    const upstream = connect(server);
    const end = (): void => {
      client.destroy();
      upstream.destroy();
    };
    const [requests, answers] = wire ? watchers(wire, end) : [new PassThrough(), new PassThrough()];
    join(client, upstream, requests);
    join(upstream, client, answers);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const endAll = (): void => {
    for (const socket of open) socket.destroy();
  };
  return {
    port: (proxy.address() as AddressInfo).port,
    get lost() {
      return lost;
    },
    cut: () => {
      isCut = true;
      endAll();
    },
    restore: () => {
      isCut = false;
    },
    loseAnswers: (of) => {
      isLost = of;
    },
    keepAnswers: () => {
      isLost = none;
    },
    close: async () => {
      endAll();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}
