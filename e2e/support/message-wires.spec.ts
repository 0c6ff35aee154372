import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { kafkaWire, mongodbWire, splitMessages } from './message-wires.js';
import { startTcpProxy } from './tcp-proxy.js';

const kafkaRequest = (id: number, apiKey: number, body = 0): Buffer => {
  const bytes = Buffer.alloc(12 + body);
  bytes.writeInt32BE(8 + body, 0);
  bytes.writeInt16BE(apiKey, 4);
  bytes.writeInt32BE(id, 8);
  return bytes;
};
const kafkaAnswer = (id: number, body = 0): Buffer => {
  const bytes = Buffer.alloc(8 + body);
  bytes.writeInt32BE(4 + body, 0);
  bytes.writeInt32BE(id, 4);
  return bytes;
};

describe('messages on a wire', () => {
  it.each([1, 3, 11, 1_000])('given chunks of %d bytes, then each head is shown once, and all bytes pass', async (chunkBytes) => {
    const messages = [kafkaRequest(7, 0, 30), kafkaRequest(8, 3), kafkaRequest(9, 0, 5)];
    const bytes = Buffer.concat(messages);
    const seen: unknown[] = [];
    const split = splitMessages(kafkaWire, (head) => seen.push(kafkaWire.toRequest(head)) > 0);
    const passed: Buffer[] = [];
    split.on('data', (chunk: Buffer) => passed.push(chunk));
    for (let at = 0; at < bytes.length; at += chunkBytes) split.write(bytes.subarray(at, at + chunkBytes));
    split.end();
    await once(split, 'end');
    expect(Buffer.concat(passed).equals(bytes)).toBe(true);
    expect(seen).toEqual([{ id: 7, name: 'produce' }, { id: 8, name: '3' }, { id: 9, name: 'produce' }]);
  });

  it('given a command of MongoDB, then its name', () => {
    const command = Buffer.concat([Buffer.alloc(26), Buffer.from('commitTransaction\0'), Buffer.alloc(40)]);
    command.writeInt32LE(command.length, 0);
    command.writeInt32LE(5, 4);
    expect(mongodbWire.toRequest(command.subarray(0, mongodbWire.headBytes))).toEqual({ id: 5, name: 'commitTransaction' });
  });
});

it('given a proxy that loses the answers of some requests, then the server gets them, and the connection breaks instead of the answer', async () => {
  const got: number[] = [];
  const server = createServer((socket) => socket.on('data', (request: Buffer) => {
    got.push(request.readInt32BE(8));
    socket.write(kafkaAnswer(request.readInt32BE(8), 4));
  }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy = await startTcpProxy({ host: '127.0.0.1', port: (server.address() as AddressInfo).port }, kafkaWire);
  proxy.loseAnswers((request) => request === 'produce');

  const client = connect(proxy.port, '127.0.0.1');
  client.write(kafkaRequest(1, 3));
  const [answer] = (await once(client, 'data')) as [Buffer];
  expect(kafkaWire.toAnswer(answer)).toBe(1);
  client.on('data', () => got.push(-1));
  client.write(kafkaRequest(2, 0, 10));
  await once(client, 'close');
  expect([got, proxy.lost]).toEqual([[1, 2], 1]);

  proxy.keepAnswers();
  const again = connect(proxy.port, '127.0.0.1');
  again.write(kafkaRequest(3, 0));
  await once(again, 'data');
  again.destroy();
  await proxy.close();
  server.close();
});
