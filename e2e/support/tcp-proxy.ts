import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface TcpProxy {
  readonly port: number;
  /** Ends all connections, and every new one at once. */
  cut(): void;
  restore(): void;
  close(): Promise<void>;
}

/** Passes the bytes of every connection on to a server, until it is cut: the server is away then, to who comes this way. */
export async function startTcpProxy(server: { readonly host: string; readonly port: number }): Promise<TcpProxy> {
  const open = new Set<Socket>();
  let isCut = false;
  const join = (from: Socket, to: Socket): void => {
    open.add(from);
    from.pipe(to);
    from.on('error', () => to.destroy()).on('close', () => {
      open.delete(from);
      to.destroy();
    });
  };
  const proxy = createServer((client) => {
    if (isCut) {
      client.destroy();
      return;
    }
    const upstream = connect(server);
    join(client, upstream);
    join(upstream, client);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const end = (): void => {
    for (const socket of open) socket.destroy();
  };
  return {
    port: (proxy.address() as AddressInfo).port,
    cut: () => {
      isCut = true;
      end();
    },
    restore: () => {
      isCut = false;
    },
    close: async () => {
      end();
      proxy.close();
      await once(proxy, 'close');
    },
  };
}
