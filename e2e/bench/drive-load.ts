import { setTimeout as pause } from 'node:timers/promises';
import { LoadConnection } from './load-connection.js';

export interface Load {
  readonly port: number;
  readonly connections: number;
  /** The bytes of the request of this number, from 0. */
  readonly requestOf: (number: number) => readonly Buffer[];
  /** Ends at whichever comes first. */
  readonly requests: number;
  readonly seconds: number;
  /** Requests are due at this rate, and their time counts from then, whether or not a connection was free; as fast as they are answered when absent. */
  readonly perSecond?: number;
}

export interface Outcome {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly bytesPerSecond: number;
  readonly requests: number;
}

/** Sends requests on so many connections, each the next when it has its answer. Any status from 300 is an error. */
export const driveLoad = async ({ port, connections, requestOf, requests, seconds, perSecond }: Load): Promise<Outcome> => {
  const times: number[] = [];
  let bytes = 0;
  let next = 0;
  const started = performance.now();
  const deadline = started + seconds * 1000;
  const lane = async (): Promise<void> => {
    const connection = new LoadConnection(port);
    try {
      while (next < requests && performance.now() < deadline) {
        const number = next++;
        const pieces = requestOf(number);
        const due = perSecond === undefined ? performance.now() : started + (number / perSecond) * 1000;
        if (due > performance.now()) await pause(due - performance.now());
        const received = await connection.request(pieces);
        if (received.status >= 300 || received.status < 200) throw new Error(`A request was answered ${received.status}: ${firstLineOf(pieces)}`);
        times.push(performance.now() - due);
        bytes += received.bytes;
      }
    } finally {
      connection.close();
    }
  };
  await Promise.all(Array.from({ length: connections }, lane));
  const took = (performance.now() - started) / 1000;
  times.sort((a, b) => a - b);
  return { perSecond: times.length / took, p50: quantile(times, 0.5), p99: quantile(times, 0.99), bytesPerSecond: bytes / took, requests: times.length };
};

/** Of sorted numbers. */
export const quantile = (sorted: readonly number[], q: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN;

export const median = (numbers: readonly number[]): number => quantile([...numbers].sort((a, b) => a - b), 0.5);

const firstLineOf = (pieces: readonly Buffer[]): string => (pieces[0] ?? Buffer.alloc(0)).toString('latin1', 0, 300).split('\r\n')[0] ?? '';

export const getRequest = (path: string, headers: Readonly<Record<string, string>>): readonly Buffer[] => [Buffer.from(
  `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`, 'latin1')];

export const postRequest = (path: string, headers: Readonly<Record<string, string>>, body: readonly Buffer[]): readonly Buffer[] => {
  const length = body.reduce((sum, piece) => sum + piece.length, 0);
  const fields = Object.entries({ ...headers, 'Content-Length': String(length) });
  return [Buffer.from(`POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${fields.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`, 'latin1'), ...body];
};
