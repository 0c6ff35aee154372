import { connect } from 'node:net';

/** Sends bytes over a connection of their own and reads until the server closes it: for requests that no HTTP client makes. */
export const exchange = (baseUrl: string, bytes: string | Buffer): Promise<string> =>
  new Promise((resolve, reject) => {
    const { hostname, port } = new URL(baseUrl);
    const socket = connect(Number(port), hostname);
    const received: Buffer[] = [];
    socket.on('data', (chunk) => received.push(chunk)).once('error', reject).once('close', () => resolve(Buffer.concat(received).toString('latin1')));
    socket.write(bytes);
  });
