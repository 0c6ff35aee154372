import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { expect, test } from '@jest/globals';
import { findPort } from './find-port.js';

test('given many asked for, when ports are found, then all differ, are below those of outgoing connections, and can be listened on', async () => {
  const firstOutgoing = Number((await readFile('/proc/sys/net/ipv4/ip_local_port_range', 'utf8')).split(/\s/, 1)[0]);
  const ports = await Promise.all(Array.from({ length: 50 }, findPort));
  expect(new Set(ports).size).toBe(50);
  expect(Math.max(...ports)).toBeLessThan(firstOutgoing);
  const server = createServer().listen(ports[0], '127.0.0.1');
  await once(server, 'listening');
  server.close();
});
