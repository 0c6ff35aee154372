import { answerRaw, ServiceUnavailable } from '@isocenter/http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { createInternalServer } from './internal-server.js';

describe('The server of a service', () => {
  let server: Server;
  let gateway: Socket;
  beforeEach(async () => {
    server = createInternalServer(undefined, () => undefined, (request, response) => answerRaw(request, response, new ServiceUnavailable('Not now.')));
    await once(server.listen(0, '127.0.0.1'), 'listening');
    gateway = connect((server.address() as AddressInfo).port, '127.0.0.1').setEncoding('latin1');
  });
  afterEach(() => {
    gateway.destroy();
    server.close();
  });

  it('given a gateway that sends the body without 100 Continue, when it is refused, then the body is read and the connection takes the next request', async () => {
    const size = 1_000_000;
    gateway.write(`POST /studies HTTP/1.1\r\nHost: ingest\r\nExpect: 100-continue\r\nContent-Length: ${size}\r\n\r\n`);
    expect(await once(gateway, 'data')).toEqual([expect.stringMatching(/^HTTP\/1\.1 503 /)]);
    gateway.write(Buffer.alloc(size));
    gateway.write('GET /studies HTTP/1.1\r\nHost: ingest\r\n\r\n');
    expect(await once(gateway, 'data')).toEqual([expect.stringMatching(/^HTTP\/1\.1 503 /)]);
  });
});
