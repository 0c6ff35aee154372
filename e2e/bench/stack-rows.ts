import { buildServices, environmentOf, serverNames, sign, startServices, withServers, type S3Access, type Services, type ServicesOptions } from '@isocenter/deploy';
import { join } from 'node:path';
import { smallInstance } from '../http/small-instance.js';
import { DicomWebClient, instancePath } from '../support/dicomweb-client.js';
import { call } from '../support/http-call.js';
import { ctInstance } from '../support/synthetic-instance.js';
import { until } from '../invariants/until.js';
import { driveLoad, getRequest, median, type Load, type Outcome } from './drive-load.js';
import { processorTime } from './process-cpu.js';
import { interleave, shown, type BenchContext, type Measure, type Row } from './row.js';
import { asStoredFiles, instanceOf, storeRequest } from './sample-data.js';

const clients = 8;
const perRound = 400;
/** Before the first round, of each kind of request: until the code of ten Node processes and of Kafka is compiled. */
const warmUp = 2_000;

interface Stack {
  readonly services: Services;
  readonly gateway: string;
  readonly access: S3Access;
  readonly bucket: string;
  /** Every process behind the gateway's address, by what runs in it. */
  readonly processes: readonly { readonly name: string; readonly pid: number }[];
}

/** The services on servers of their own. */
async function withStack<T>(options: Pick<ServicesOptions, 'replicas' | 'replicasOf' | 'env'>, work: (stack: Stack) => Promise<T>): Promise<T> {
  let result: { readonly value: T } | undefined;
  await withServers(undefined, async (servers) => {
    const services = await startServices({ environment: environmentOf(servers), folder: join(servers.dataDir, 'services'), ...options, env: { LOG_LEVEL: 'warn', ...options.env } });
    try {
      const running = [...services.replicas.map(({ app, process }) => [app, process] as const), ...serverNames.map((name) => [name, servers[name]] as const)];
      const processes = running.map(([name, process]) => ({ name, pid: process!.pid! }));
      result = { value: await work({ services, gateway: services.gateways[0]!, access: servers.s3, bucket: servers.s3.bucket, processes }) };
    } finally {
      await services.stop();
    }
  });
  if (!result) throw new Error('The run was told to end.');
  return result.value;
}

/** A request to MinIO itself, signed, of an object of its own. */
function s3Request({ access, bucket }: Stack, method: 'GET' | 'PUT', key: string, body: readonly Buffer[]): readonly Buffer[] {
  const url = new URL(`${access.endpoint}/${bucket}/bench/${key}`);
  const length = body.reduce((sum, piece) => sum + piece.length, 0);
  const headers = { host: url.host, ...sign(method, url, access, new Date(), 'UNSIGNED-PAYLOAD'), ...(method === 'PUT' && { 'content-length': String(length) }) };
  const head = `${method} ${url.pathname} HTTP/1.1\r\n${Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  return [Buffer.from(head, 'latin1'), ...body];
}

const portOf = (url: string): number => Number(new URL(url).port);
type Side = 'isocenter' | 'minio';

/** Milliseconds of processor time of all replicas of each, while the work is done. */
async function spent(processes: Stack['processes'], work: () => Promise<unknown>): Promise<Map<string, number>> {
  const read = async (): Promise<Map<string, number>> => {
    const times = new Map<string, number>();
    for (const { name, pid } of processes) times.set(name, (times.get(name) ?? 0) + (await processorTime(pid)));
    return times;
  };
  const before = await read();
  await work();
  return new Map([...(await read())].map(([name, time]) => [name, time - before.get(name)!]));
}

/** Rounds of the same bytes through isocenter and to or from MinIO itself. */
async function against(context: BenchContext, stack: Stack, work: string, least: number, load: (side: Side, round: number) => Omit<Load, 'port' | 'connections' | 'requests' | 'seconds'>): Promise<{ measures: readonly Measure[]; perSecond: number }> {
  const ports = { isocenter: portOf(stack.gateway), minio: portOf(stack.access.endpoint) };
  const drive = (side: Side, round: number, requests: number): Promise<Outcome> => driveLoad({ port: ports[side], connections: clients, requests, seconds: 120, ...load(side, round) });
  for (const side of ['isocenter', 'minio'] as const) await drive(side, -1, warmUp);
  const rounds = await interleave<Side, Outcome>(context.rounds, ['isocenter', 'minio'], (side, round) => drive(side, round, perRound));
  const times = await spent(stack.processes, () => drive('isocenter', context.rounds, perRound));
  const each = [...times].map(([name, ms]) => `${name} ${(ms / perRound).toFixed(2)}`).join(', ');
  const total = [...times.values()].reduce((sum, ms) => sum + ms, 0) / perRound;
  const rate = (side: Side): number => median(rounds[side].map(({ perSecond }) => perSecond));
  const text = (side: Side): string => `${shown(rate(side), '/s')}, p99 ${shown(median(rounds[side].map(({ p99 }) => p99)), 'ms')}`;
  const ratio = rate('isocenter') / rate('minio');
  context.say(`  ${work}: ${text('isocenter')}; MinIO alone ${text('minio')}; ${ratio.toFixed(2)}×`);
  context.say(`  processor time of a request: ${shown(total, 'ms')}: ${each}`);
  return {
    perSecond: rate('isocenter'),
    measures: [
      { work, isocenter: text('isocenter'), other: `MinIO alone ${text('minio')}`, ratio, target: `≥ ${least}× MinIO alone`, met: ratio >= least },
      { work: `processor time of one such request, ms: ${each}`, isocenter: shown(total, 'ms'), target: 'reported' },
    ],
  };
}

const peer = { root: '/dicom-web' };

const measureStack = (context: BenchContext): Promise<readonly Measure[]> => withStack({ replicas: 2 }, async (stack) => {
  const instance = (of: string, number: number): readonly Buffer[] => ctInstance(instanceOf(`${of}-${Math.floor(number / 80)}`, number));
  const stored = await against(context, stack, 'STOW on the stack, one instance of 0.5 MB a request, 8 clients', 0.5, (side, round) => ({
    requestOf: (number) => (side === 'isocenter' ? storeRequest(peer, [instance(`store-${round}`, number)]) : s3Request(stack, 'PUT', `store-${round}-${number}`, instance(`store-${round}`, number))),
  }));

  const half = stored.perSecond / 2;
  const paced: Outcome[] = [];
  for (let round = 0; round < context.rounds; round += 1) {
    paced.push(await driveLoad({ port: portOf(stack.gateway), connections: clients * 2, requests: perRound, seconds: 60, perSecond: half, requestOf: (number) => storeRequest(peer, [instance(`paced-${round}`, number)]) }));
  }
  const p99 = median(paced.map((outcome) => outcome.p99));
  context.say(`  STOW at half of that load, ${shown(half, '/s')}: p99 ${shown(p99, 'ms')}`);
  const pacedMeasure: Measure = { work: `STOW on the stack at half of that rate, ${shown(half, '/s')}, counted from when it was due`, isocenter: `p99 ${shown(p99, 'ms')}`, target: 'p99 < 100 ms', met: p99 < 100 };

  const client = new DicomWebClient(`${stack.gateway}/dicom-web`);
  const kept = Array.from({ length: perRound }, (_none, number) => instanceOf('read', number));
  for (const of of kept) {
    const { status } = await client.store([ctInstance(of)]);
    if (status !== 200) throw new Error(`An instance to be read was answered ${status}.`);
    await driveLoad({ port: portOf(stack.access.endpoint), connections: 1, requests: 1, seconds: 60, requestOf: () => s3Request(stack, 'PUT', `read-${of.instanceNumber}`, ctInstance(of)) });
  }
  const read = await against(context, stack, 'retrieve on the stack, one instance of 0.5 MB a request, 8 clients', 0.6, (side) => ({
    requestOf: (number) => (side === 'isocenter' ? getRequest(`/dicom-web${instancePath(kept[number % perRound]!)}`, { accept: asStoredFiles }) : s3Request(stack, 'GET', `read-${kept[number % perRound]!.instanceNumber}`, [])),
  }));
  return [...stored.measures, pacedMeasure, ...read.measures];
});

/** Requests that wait for the index, and instances of each: no more than ingest sends commands of before it waits for decisions. */
const waitingRequests = 60;
const waitingOfRequest = 16;
const waiting = waitingRequests * waitingOfRequest;

/** Commands a second, from when the stopped replicas go on until all that waited is answered. */
const drain = (replicas: number): Promise<number> => withStack({ replicas: 1, replicasOf: { index: replicas }, env: { STORE_DEADLINE_MS: '300000' } }, async ({ services, gateway }) => {
  const indexes = services.replicas.filter(({ app }) => app === 'index');
  const ingests = services.replicas.filter(({ app }) => app === 'ingest');
  const client = new DicomWebClient(`${gateway}/dicom-web`);
  const store = async (name: string, count: number): Promise<void> => {
    const answers = await Promise.all(Array.from({ length: count }, async (_none, request) => {
      const parts = Array.from({ length: waitingOfRequest }, (_part, at) => [smallInstance(instanceOf(`${name}-${request}`, at))]);
      return (await client.store(parts)).status;
    }));
    if (answers.some((status) => status !== 200)) throw new Error(`Stores were answered ${[...new Set(answers)].join(', ')}.`);
  };
  await store('warm', waitingRequests);
  for (const { process } of indexes) await process.kill('SIGSTOP');
  const before = await appended(ingests.map(({ metrics }) => metrics));
  const answered = store('measured', waitingRequests);
  await until('all commands are in the log', async () => (await appended(ingests.map(({ metrics }) => metrics))) - before >= waiting, 60_000);
  const begun = performance.now();
  for (const { process } of indexes) await process.kill('SIGCONT');
  await answered;
  return waiting / ((performance.now() - begun) / 1000);
});

/** Records of commands that these processes have appended. */
async function appended(metrics: readonly string[]): Promise<number> {
  const pages = await Promise.all(metrics.map((address) => call(`http://${address}/metrics`)));
  const line = /^isocenter_event_log_records_total\{(?=[^}]*operation="append")(?=[^}]*topic="isocenter\.instance-commands\.v1")[^}]*\} (\d+)/gm;
  return pages.reduce((sum, { body }) => sum + [...body.toString().matchAll(line)].reduce((of, [, count]) => of + Number(count), 0), 0);
}

const measureIndex = async (context: BenchContext): Promise<readonly Measure[]> => {
  const measures: Measure[] = [];
  let one = Number.NaN;
  for (const replicas of [1, 2, 4]) {
    const rates: number[] = [];
    for (let round = 0; round < context.rounds; round += 1) rates.push(await drain(replicas));
    const rate = median(rates);
    if (replicas === 1) one = rate;
    context.say(`  ${replicas} replicas of index: ${shown(rate, 'commands/s')}`);
    measures.push({ work: `${waiting} waiting commands, ${replicas} ${replicas === 1 ? 'replica' : 'replicas'} of index`, isocenter: shown(rate, 'commands/s'), ...(replicas > 1 && { other: `1 replica ${shown(one, 'commands/s')}`, ratio: rate / one }), target: 'reported' });
  }
  return measures;
};

export const prepareStack = buildServices;
export const stackRows: readonly Row[] = [
  { name: 'stack', about: 'two replicas of every service on Kafka, MongoDB and MinIO, all on this machine, beside MinIO alone', run: measureStack },
  { name: 'stack-index', about: 'commands that wait in the log while index is stopped, from when it goes on until the last is answered', run: measureIndex },
];
