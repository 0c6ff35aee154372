import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ctInstance } from '../support/synthetic-instance.js';
import { withProcessorTime } from './compare-peers.js';
import { driveLoad, median } from './drive-load.js';
import { withPeers } from './peer.js';
import { interleave, peerNamed, shown, type BenchContext, type Measure, type Row } from './row.js';
import { instanceOf, storeRequest } from './sample-data.js';

const perRound = 240;
const perSeries = 120;
const clients = 8;
const run = promisify(execFile);

interface Rate {
  readonly perSecond: number;
  readonly p99: number;
  /** Processor time of the server for one store, in milliseconds. */
  readonly cpu?: number;
}

const measureBareWrites = async (below: string): Promise<Rate> => {
  const folder = await mkdtemp(join(below, 'isocenter-bare-'));
  try {
    const program = join(import.meta.dirname, 'bare-writes.js');
    const { stdout } = await run(process.execPath, [program, folder, String(perRound), String(clients)], { env: { ...process.env, UV_THREADPOOL_SIZE: '16' } });
    return JSON.parse(stdout) as Rate;
  } finally {
    await rm(folder, { recursive: true });
  }
};

const measureStores = (context: BenchContext): Promise<readonly Measure[]> =>
  withPeers(context.only, context.below, async (peers) => {
    const warmUp = 1;
    const rates = await interleave<string, Rate>(context.rounds + warmUp, [...peers.map(({ name }) => name), 'bare'], (name, round) => {
      if (name === 'bare') return measureBareWrites(context.below);
      const peer = peerNamed(peers, name);
      const instance = (number: number): readonly Buffer[] => ctInstance(instanceOf(`store-${round}-${Math.floor(number / perSeries)}`, number));
      const drive = () => driveLoad({ port: peer.port, connections: clients, requests: perRound, seconds: 60, requestOf: (number) => storeRequest(peer, [instance(number)]) });
      return withProcessorTime(peer, drive);
    });
    for (const { name } of peers) context.say(`  store: ${name} processor time ${shown(median((rates[name] ?? []).map(({ cpu }) => cpu ?? Number.NaN)), 'ms')} a request`);
    const rate = (name: string): Rate | undefined => {
      const counted = rates[name]?.slice(warmUp);
      return counted?.length ? { perSecond: median(counted.map((one) => one.perSecond)), p99: median(counted.map((one) => one.p99)) } : undefined;
    };
    const text = (of: Rate | undefined): string => (of ? `${shown(of.perSecond, '/s')}, p99 ${shown(of.p99, 'ms')}` : '–');
    const [ours, orthanc, bare] = [rate('isocenter'), rate('orthanc'), rate('bare')];
    const against = (other: Rate | undefined, name: string, least: number, target: string): Measure => {
      const ratio = ours && other ? ours.perSecond / other.perSecond : undefined;
      context.say(`  store: ${text(ours)}; ${name} ${text(other)}${ratio === undefined ? '' : `; ${ratio.toFixed(2)}×`}`);
      return {
        work: 'STOW, one instance a request, fsynced, 8 clients', isocenter: text(ours), target,
        ...(other ? { other: `${name} ${text(other)}` } : {}), ...(ratio === undefined ? {} : { ratio, met: ratio >= least }),
      };
    };
    return [against(orthanc, 'Orthanc', 1.5, '≥ 1.5× Orthanc'), against(bare, 'bare loop', 0.75, '≥ 0.75× of a loop that writes and fsyncs such files')];
  });

export const storeRow: Row = { name: 'store', about: 'STOW of 0.5 MB CT instances, one a request, every answer after fsync', run: measureStores };
