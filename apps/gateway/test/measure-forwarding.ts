// node apps/gateway/test/measure-forwarding.ts, after a build: processor time of the gateway for what it hands on, beside a
// gateway that uses node:http for it and the bare relay of bytes. Some 30 s, more on a busy machine.
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { Agent, createServer, request as httpRequest, type IncomingMessage, type RequestListener, type Server as HttpServer } from 'node:http';
import { connect, createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import type { Logger } from '@isocenter/telemetry';
import { forwardToService } from '../dist/forward-to-service/forward-to-service.js';
import { Replicas } from '../dist/forward-to-service/replicas.js';
import { Gateway, type ServiceBinding } from '../dist/gateway.js';
import { openViewer } from '../dist/viewer/viewer.js';

const MiB = 1024 ** 2;
const DOWNLOAD = 1024 * MiB;
const UPLOAD = Buffer.alloc(MiB / 2);
const UPLOADS = 1_000;
const AT_ONCE = 8;
const ROUNDS = 2;

/** Sends a gigabyte to a GET, reads the body of all else. */
function service(): HttpServer {
  const block = Buffer.alloc(MiB);
  const answer: RequestListener = (request, response) => {
    if (request.method !== 'GET') {
      if (request.headers.expect !== undefined) response.writeContinue();
      return void request.resume().on('end', () => response.end());
    }
    response.writeHead(200, { 'content-length': DOWNLOAD });
    let left = DOWNLOAD;
    const send = (): void => {
      while (left > 0) {
        left -= block.length;
        if (!response.write(block)) return void response.once('drain', send);
      }
      response.end();
    };
    send();
  };
  return createServer(answer).on('checkContinue', answer);
}

function gateway(forward: ServiceBinding): Server {
  const log = { info: () => undefined, warn: console.error, error: console.error } as unknown as Logger;
  const authenticate = () => ({ name: 'client', permissions: ['read', 'write'] as const, partitions: ['*'] });
  return new Gateway({ authenticate, anonymous: true, serviceSecret: 's'.repeat(32), services: { ingest: forward, index: forward, retrieve: forward, render: forward, 'change-feed': forward }, health: () => undefined, viewer: openViewer('off'), log }).server;
}

/** The least that a program of Node can do: read into one buffer, write, read on. */
function relay(port: number): Server {
  return createTcpServer((client) => {
    const memory = Buffer.alloc(65_536);
    const upstream = connect({ port, onread: { buffer: memory, callback: (count) => {
      client.write(memory.subarray(0, count), () => upstream.resume());
      upstream.pause();
      return true;
    } } });
    client.pipe(upstream);
    client.on('close', () => upstream.destroy());
  });
}

const forwardByNode = (port: number): ServiceBinding => {
  const agent = new Agent({ keepAlive: true });
  return (request, response) => {
    const upstream = httpRequest({ port, agent, method: request.method, path: request.url, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.pipe(response);
    });
    request.pipe(upstream);
  };
};

const roles: Record<string, (port: number) => Server> = {
  service: () => service(),
  own: (port) => gateway(forwardToService('ingest', new Replicas([`http://127.0.0.1:${port}`], undefined), console as unknown as Logger)),
  'node:http': (port) => gateway(forwardByNode(port)),
  relay,
};

const [role, servicePort = '0'] = process.argv.slice(2);
if (role !== undefined) {
  const server = roles[role]!(Number(servicePort)).listen(0, '127.0.0.1', () => process.send!((server.address() as AddressInfo).port));
  process.on('message', () => process.send!(process.cpuUsage()));
} else {
  await compare();
}

async function start(name: string, port = 0): Promise<{ child: ChildProcess; port: number }> {
  const child = fork(import.meta.filename, [name, String(port)], { execArgv: ['--max-semi-space-size=4', '--heap-growing-percent=100', '--disable-warning=ExperimentalWarning'] });
  const [taken] = (await once(child, 'message')) as [number];
  return { child, port: taken };
}

async function compare(): Promise<void> {
  const upstream = await start('service');
  const subjects = await Promise.all(['node:http', 'own', 'relay'].map(async (name) => ({ name, ...(await start(name, upstream.port)) })));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const { name, child, port } of subjects) {
      console.log(`${name}: 1 GB to one client ${await costOf(child, () => download(port))}${name === 'relay' ? '' : `; ${UPLOADS} uploads of 0.5 MB ${await costOf(child, () => upload(port))}`}`);
    }
  }
  for (const { child } of [upstream, ...subjects]) child.kill();
}

async function costOf(child: ChildProcess, work: () => Promise<unknown>): Promise<string> {
  const before = await cpuOf(child);
  const began = performance.now();
  await work();
  const seconds = (performance.now() - began) / 1000;
  return `${((await cpuOf(child)) - before).toFixed(2)} s of processor, ${seconds.toFixed(1)} s`;
}

async function cpuOf(child: ChildProcess): Promise<number> {
  child.send('cpu');
  const [{ user, system }] = (await once(child, 'message')) as [NodeJS.CpuUsage];
  return (user + system) / 1e6;
}

async function download(port: number): Promise<void> {
  const client = httpRequest({ port, host: '127.0.0.1', path: '/dicom-web/studies/1.2', agent: false }).end();
  const [answer] = (await once(client, 'response')) as [IncomingMessage];
  await once(answer.resume(), 'end');
}

async function upload(port: number): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  let left = UPLOADS;
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (left-- > 0) {
      const client = httpRequest({ port, host: '127.0.0.1', path: '/dicom-web/studies', method: 'POST', agent, headers: { 'content-length': UPLOAD.length } }).end(UPLOAD);
      const [answer] = (await once(client, 'response')) as [IncomingMessage];
      await once(answer.resume(), 'end');
    }
  }));
  agent.destroy();
}
