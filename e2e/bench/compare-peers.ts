import type { OrthancOptions } from '../support/orthanc-process.js';
import { driveLoad, median, type Load, type Outcome } from './drive-load.js';
import { withPeers, type Peer } from './peer.js';
import { processorTime } from './process-cpu.js';
import { interleave, peerNamed, shown, type BenchContext, type Measure } from './row.js';

export interface Comparison {
  readonly work: string;
  /** What is compared: requests a second, bytes a second, or the median time of one request. */
  readonly by: 'rate' | 'throughput' | 'time';
  /** The ratio that the design asks for. */
  readonly target: number;
  readonly load: (peer: Peer, round: number) => Omit<Load, 'port'>;
}

/** Starts both servers, prepares them, and makes one measure of each comparison. */
export const comparePeers = (
  context: BenchContext, prepare: (peer: Peer) => Promise<void>, comparisons: readonly Comparison[], orthanc: OrthancOptions = {},
): Promise<Measure[]> =>
  withPeers(context.only, context.below, async (peers) => {
    for (const peer of peers) await prepare(peer);
    const measures: Measure[] = [];
    for (const comparison of comparisons) measures.push(await compare(context, peers, comparison));
    return measures;
  }, orthanc);

/** Processor time a request: the server's, to see where a missed target is lost. */
export const withProcessorTime = async (peer: Peer, drive: () => Promise<Outcome>): Promise<Outcome & { readonly cpu: number }> => {
  const before = await processorTime(peer.pid);
  const outcome = await drive();
  return { ...outcome, cpu: ((await processorTime(peer.pid)) - before) / outcome.requests };
};

const compare = async (context: BenchContext, peers: readonly Peer[], { work, by, target, load }: Comparison): Promise<Measure> => {
  const run = async (name: string, round: number): Promise<Outcome & { readonly cpu: number }> => {
    const peer = peerNamed(peers, name);
    return withProcessorTime(peer, () => driveLoad({ port: peer.port, ...load(peer, round) }));
  };
  const warmUp = 1;
  const outcomes = await interleave(context.rounds + warmUp, peers.map(({ name }) => name), run);
  const summary = (name: 'isocenter' | 'orthanc'): { value: number; text: string } | undefined => {
    const counted = outcomes[name]?.slice(warmUp);
    if (!counted?.length) return undefined;
    const value = median(counted.map((outcome) => (by === 'rate' ? outcome.perSecond : by === 'throughput' ? outcome.bytesPerSecond : outcome.p50)));
    const p99 = median(counted.map((outcome) => outcome.p99));
    context.say(`  ${work}: ${name} processor time ${shown(median(counted.map(({ cpu }) => cpu)), 'ms')} a request`);
    if (by === 'rate') return { value, text: `${shown(value, '/s')}, p99 ${shown(p99, 'ms')}` };
    return { value, text: by === 'throughput' ? shown(value / 1e9, 'GB/s') : shown(value, 'ms') };
  };
  const [ours, theirs] = [summary('isocenter'), summary('orthanc')];
  const ratio = ours && theirs ? (by === 'time' ? theirs.value / ours.value : ours.value / theirs.value) : undefined;
  const measure: Measure = {
    work, isocenter: ours?.text ?? '–', target: `≥ ${target}× Orthanc`,
    ...(theirs ? { other: `Orthanc ${theirs.text}` } : {}), ...(ratio === undefined ? {} : { ratio, met: ratio >= target }),
  };
  context.say(`  ${work}: ${measure.isocenter}; ${measure.other ?? 'no Orthanc'}${ratio === undefined ? '' : `; ${ratio.toFixed(2)}×`}`);
  return measure;
};
